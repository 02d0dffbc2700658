/// One-dimensional arrays. Elements are decoded from their text alone: the server names the type of the array, not that
/// of its elements.
extension Array: ColumnDecodable where Element: ArrayElementDecodable {
    package static var expectation: String { "an array of \(Element.elementExpectation)" }

    package init?(column: String?, type: UInt32) {
        guard let column, !TypeOID.isKnownScalar(type) else { return nil }
        self.init(arrayText: column)
    }
}

extension Array where Element: ArrayElementDecodable {
    /// From the text that a cast of an array to `text` gives; nil for any other text.
    package init?(arrayText: String) {
        guard let texts = ArrayText.elements(of: arrayText) else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(texts.count)
        for text in texts {
            guard let element = Element(arrayElement: text) else { return nil }
            elements.append(element)
        }
        self = elements
    }
}

/// A type that an element of an array can be decoded as, without knowing the type of the element on the server.
package protocol ArrayElementDecodable: Sendable {
    static var elementExpectation: String { get }
    /// `arrayElement` is nil for NULL.
    init?(arrayElement: String?)
}

extension String: ArrayElementDecodable {
    package static var elementExpectation: String { "text" }
    package init?(arrayElement: String?) {
        guard let arrayElement else { return nil }
        self = arrayElement
    }
}

extension ArrayElementDecodable where Self: FixedWidthInteger {
    package init?(arrayElement: String?) {
        guard let value = arrayElement.flatMap({ Self($0) }) else { return nil }
        self = value
    }
}

extension Int: ArrayElementDecodable { package static var elementExpectation: String { "integers" } }
extension Int64: ArrayElementDecodable { package static var elementExpectation: String { "integers" } }
extension Int32: ArrayElementDecodable { package static var elementExpectation: String { "integers of 32 bits" } }
extension UInt32: ArrayElementDecodable { package static var elementExpectation: String { "OIDs" } }

extension Optional: ArrayElementDecodable where Wrapped: ArrayElementDecodable {
    package static var elementExpectation: String { Wrapped.elementExpectation + " or NULL" }
    package init?(arrayElement: String?) {
        guard let arrayElement else {
            self = .none
            return
        }
        guard let value = Wrapped(arrayElement: arrayElement) else { return nil }
        self = .some(value)
    }
}
