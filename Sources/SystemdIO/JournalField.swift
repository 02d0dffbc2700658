/// One field of a journal entry, beyond those that every entry has.
package struct JournalField: Hashable, Sendable {
    package let name: Name
    /// Data, of any bytes and any length. journalctl shows a value as a blob when it is not printable UTF-8.
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
    /// A field name that journald keeps and that an entry does not write itself.
    ///
    /// journald drops a field with a bad name without a word, so a bad name is not representable here: 1 to 64
    /// bytes of upper-case letters, digits and underscores, starting with a letter (a leading underscore marks the
    /// fields that journald itself vouches for).
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

        /// Written by the entry: the journal keeps every value of a repeated field, and a reader that expects one
        /// would take either.
        private static let reserved: Set<String> = [
            "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "CODE_FILE", "CODE_LINE", "CODE_FUNC",
        ]
    }
}

extension JournalField.Name: ExpressibleByStringLiteral {
    /// A name written in the source. The literal is static, so nothing read at run time can reach the trap.
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
