/// A further field of a journal entry, beside those that `JournalEntry` has properties for.
package struct JournalField: Hashable, Sendable {
    package let name: Name
    /// Any bytes, of any length. journalctl shows a value that is not printable UTF-8 as a blob.
    package let value: [UInt8]

    package init(_ name: Name, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(_ name: Name, _ value: String) {
        self.init(name, Array(value.utf8))
    }
}

extension JournalField {
    /// A field name that journald accepts, and that `JournalEntry` does not write itself.
    ///
    /// journald silently drops a field with an invalid name, so this type cannot hold one. A valid name has 1 to 64
    /// bytes, upper-case letters, digits and underscores, and begins with a letter (names that begin with an underscore
    /// are the trusted fields that only journald itself adds).
    package struct Name: Hashable, Sendable {
        package let text: String

        /// - Throws: `SystemdError` with the code `.invalidFieldName` or `.reservedFieldName`.
        package init(_ text: String) throws(SystemdError) {
            guard Self.isWellFormed(text) else { throw SystemdError(.invalidFieldName, context: text) }
            guard !Self.reserved.contains(text) else { throw SystemdError(.reservedFieldName, context: text) }
            self.text = text
        }

        private static func isWellFormed(_ text: String) -> Bool {
            guard let first = text.utf8.first, isUpperCaseLetter(first), text.utf8.count <= 64 else { return false }
            return text.utf8.allSatisfy { isUpperCaseLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
        }

        private static func isUpperCaseLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }

        private static func isDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }

        /// Written by `JournalEntry`: the journal keeps every value of a repeated field, and a reader that expects one
        /// value could take the wrong one.
        private static let reserved: Set<String> = [
            "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "CODE_FILE", "CODE_LINE", "CODE_FUNC",
        ]
    }
}

extension JournalField.Name: ExpressibleByStringLiteral {
    /// A name that is written in the source code. Only a literal can trap here, never text that is read at run time.
    package init(stringLiteral literal: StaticString) {
        do {
            try self.init("\(literal)")
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension JournalField.Name: CustomStringConvertible {
    package var description: String { text }
}
