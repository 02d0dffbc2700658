/// What `pgtend --version` says; CHANGELOG.md has an entry for it.
enum Version {
    static let text = "0.1.0"
}
