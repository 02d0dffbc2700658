/// How to mask a value that is or contains a secret. A key declares it together with its format; messages, `config
/// show` and the changes of a reload apply it.
struct Redaction: Sendable {
    let redact: @Sendable (_ text: String) -> RedactedText

    /// The passwords and keys within a connection string.
    static let ofConnectionString = Redaction { text in
        let conninfo = ConnectionString(text)
        return RedactedText(given: text, shown: conninfo.redacted, holdsSecret: conninfo.holdsSecret)
    }
}

/// A secret value and its masked form. Different values may have the same masked form.
struct RedactedText: Hashable, Sendable {
    /// The value itself, which must never be written anywhere.
    let given: String
    let shown: String
    /// Whether it contains a secret that is not empty.
    let holdsSecret: Bool
}
