/// The permanent identifier of a kind of journal entry, `MESSAGE_ID`: 128 bits, as 32 lower-case hexadecimal digits.
///
/// It is generated once with `systemd-id128 new`, and then never changed or reused: message catalogs, alerts and
/// operators' scripts refer to it. Upper case is refused because the journal compares the text: a second spelling would
/// be a second ID.
package struct MessageID: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init?(rawValue: String) {
        let digits = rawValue.utf8
        guard digits.count == 32, digits.allSatisfy(Self.isLowerCaseHexDigit) else { return nil }
        self.rawValue = rawValue
    }

    private static func isLowerCaseHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}

extension MessageID: ExpressibleByStringLiteral {
    /// An ID that is written in the source code. Only a literal can trap here, never text that is read at run time.
    package init(stringLiteral literal: StaticString) {
        guard let id = MessageID(rawValue: "\(literal)") else {
            preconditionFailure("a message id is 32 lower-case hexadecimal digits, found '\(literal)'")
        }
        self = id
    }
}

extension MessageID: CustomStringConvertible {
    package var description: String { rawValue }
}
