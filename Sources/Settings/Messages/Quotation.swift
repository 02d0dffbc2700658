/// Quotes texts of the configuration in messages.
enum Quotation {
    private static let maximumScalars = 60

    /// Whether the text may hold a password, so that no part of it may be shown.
    static func isWithheld(_ text: String) -> Bool {
        ConnectionString.isRecognized(text) || text.lowercased().contains("password")
    }

    /// The text in single quotes, on one line, and truncated if it is long. A text that looks like a connection string
    /// is not shown, whatever its key, so that one in the wrong place does not write a password to the journal.
    static func of(_ text: String) -> String {
        guard !isWithheld(text) else {
            return "a text like a connection string (not shown)"
        }
        let scalars = text.unicodeScalars
        let shown = scalars.prefix(maximumScalars).reduce(into: "") { shown, scalar in
            shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return "'\(shown)\(scalars.count > maximumScalars ? "…" : "")'"
    }
}
