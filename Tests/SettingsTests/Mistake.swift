import Testing

/// A file with a mistake, and all messages that it must lead to.
struct Mistake: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let messages: [String]

    init(_ name: String, _ text: String, _ messages: String...) {
        self.name = name
        self.text = text
        self.messages = messages
    }

    /// A file that is valid but for these lines in its only database.
    init(_ name: String, inDatabase lines: String, _ messages: String...) {
        let indented = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        self.name = name
        self.text = "databases:\n  - name: a\n    conninfo: dbname=a\n\(indented)"
        self.messages = messages
    }

    var testDescription: String { name }
}
