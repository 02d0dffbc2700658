/// How a value that is a secret, or holds one, may be shown. A key declares it with everything else; messages,
/// `config show` and what a reload changes go by it.
struct Secrecy: Sendable {
    let redact: @Sendable (_ text: String) -> RedactedText

    /// The passwords and keys within a connection string.
    static let ofConnectionString = Secrecy { text in
        let conninfo = ConnectionString(text)
        return RedactedText(given: text, shown: conninfo.redacted, holdsSecret: conninfo.holdsSecret)
    }
}

/// A value beside what of it may be shown. Two that are shown alike are still different values.
struct RedactedText: Hashable, Sendable {
    /// Never to be written anywhere.
    let given: String
    let shown: String
    /// False where there is none in it, and where it is empty.
    let holdsSecret: Bool
}
