import FoundationEssentials

/// The one form of JSON that commands print: keys sorted, lines indented.
enum JSONText {
    static func of(_ document: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(document), as: UTF8.self)
        } catch {
            // Strings, integers and booleans: there is no value in it that JSON could not hold.
            preconditionFailure("an answer cannot be written as JSON: \(error)")
        }
    }
}
