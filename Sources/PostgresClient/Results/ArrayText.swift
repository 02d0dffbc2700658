/// PostgreSQL's text format of a one-dimensional array: `{a,"b c",NULL}`.
enum ArrayText {
    /// The elements, each nil for NULL. The result is nil if the text is no such array, or one of several dimensions.
    static func elements(of text: String) -> [String?]? {
        var rest = Substring(text).utf8
        // An array whose bounds do not start at 1 has them before the braces: "[0:2]={…}".
        if rest.first == UInt8(ascii: "[") {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            rest = rest[rest.index(after: equals)...]
        }
        guard rest.popFirst() == UInt8(ascii: "{") else { return nil }
        if rest.elementsEqual("}".utf8) { return [] }
        var elements: [String?] = []
        while true {
            guard let element = element(from: &rest) else { return nil }
            elements.append(element)
            switch rest.popFirst() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return rest.isEmpty ? elements : nil
            default: return nil
            }
        }
    }

    /// One element up to its delimiter: `.some(nil)` for NULL, nil for malformed text.
    private static func element(from rest: inout Substring.UTF8View) -> String?? {
        var bytes: [UInt8] = []
        guard rest.first == UInt8(ascii: "\"") else {
            while let byte = rest.first, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
                if byte == UInt8(ascii: "{") { return nil }
                bytes.append(byte)
                rest.removeFirst()
                if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() { bytes[bytes.count - 1] = escaped }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if text.isEmpty { return nil }
            return .some(text == "NULL" ? nil : text)
        }
        rest.removeFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return .some(String(decoding: bytes, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                bytes.append(escaped)
            default:
                bytes.append(byte)
            }
        }
        return nil
    }
}
