import Foundation

/// One entry as journald kept it: what `journalctl --output=json --all` says of it.
package struct JournalRecord: Sendable {
    /// Every value of each field; journalctl gives text as a string and anything else as an array of bytes.
    package let fields: [String: [[UInt8]]]

    package init(json line: Data) throws {
        guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any] else {
            throw CocoaError(.propertyListReadCorrupt)
        }
        fields = object.mapValues { value in
            if let one = Self.bytes(value) { return [one] }
            return (value as? [Any] ?? []).compactMap(Self.bytes)
        }
    }

    private static func bytes(_ value: Any) -> [UInt8]? {
        if let text = value as? String { return Array(text.utf8) }
        return (value as? [NSNumber])?.map(\.uint8Value)
    }

    /// The value of a field that occurs once, as text; nil when it is absent or repeated.
    package subscript(name: String) -> String? {
        guard let values = fields[name], values.count == 1 else { return nil }
        return String(decoding: values[0], as: UTF8.self)
    }
}
