import EmbeddedSQL

/// The statements around those of a sandbox: they are the same whatever runs in it.
enum SandboxText: String {
    case enter, call, settle, witness

    /// Without the comments that begin a line.
    var text: String {
        EmbeddedSQL.query("run/sandbox/\(rawValue)").split(separator: "\n").filter { !$0.hasPrefix("--") }
            .joined(separator: "\n")
    }
}
