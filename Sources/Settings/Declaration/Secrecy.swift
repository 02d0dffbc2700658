/// How a value that is or contains a secret may be shown. A key declares it together with its format; messages, `config
/// show` and the changes of a reload respect it.
struct Secrecy: Sendable {
    let redact: @Sendable (_ text: String) -> RedactedText

    /// The passwords and keys within a connection string.
    static let ofConnectionString = Secrecy { text in
        let conninfo = ConnectionString(text)
        return RedactedText(given: text, shown: conninfo.redacted, holdsSecret: conninfo.holdsSecret)
    }
}

/// A value, and how it is shown. Two values may look the same when shown, and still be different.
struct RedactedText: Hashable, Sendable {
    /// Must never be written anywhere.
    let given: String
    let shown: String
    /// Whether there is a secret in it that is not empty.
    let holdsSecret: Bool
}
