/// A type that a value in PostgreSQL's text format can be read as.
package protocol ColumnDecodable: Sendable {
    /// What is accepted, as an error message names it.
    static var expectation: String { get }
    /// `column` is nil for NULL, `type` the OID of the column's type; nil where that is not what `expectation` says.
    init?(column: String?, type: UInt32)
}

extension Optional: ColumnDecodable where Wrapped: ColumnDecodable {
    package static var expectation: String { Wrapped.expectation + " or NULL" }

    package init?(column: String?, type: UInt32) {
        guard let column else {
            self = .none
            return
        }
        guard let value = Wrapped(column: column, type: type) else { return nil }
        self = .some(value)
    }
}

/// Any type has a text: timestamps, `regclass` and enums are read as strings too.
extension String: ColumnDecodable {
    package static var expectation: String { "text" }

    package init?(column: String?, type: UInt32) {
        guard let column else { return nil }
        self = column
    }
}

extension Bool: ColumnDecodable {
    package static var expectation: String { "boolean" }

    package init?(column: String?, type: UInt32) {
        guard type == TypeOID.bool, let column else { return nil }
        self = column == "t"
    }
}

/// The integers that libpq's text of an integer column is read as; one that does not fit is an error.
private func integer<Value: FixedWidthInteger>(_ column: String?, _ type: UInt32) -> Value? {
    switch type {
    case TypeOID.int2, TypeOID.int4, TypeOID.int8, TypeOID.oid: column.flatMap { Value($0) }
    default: nil
    }
}

extension Int: ColumnDecodable {
    package static var expectation: String { "an integer" }
    package init?(column: String?, type: UInt32) {
        guard let value: Int = integer(column, type) else { return nil }
        self = value
    }
}

extension Int64: ColumnDecodable {
    package static var expectation: String { "an integer" }
    package init?(column: String?, type: UInt32) {
        guard let value: Int64 = integer(column, type) else { return nil }
        self = value
    }
}

extension Int32: ColumnDecodable {
    package static var expectation: String { "an integer of 32 bits" }
    package init?(column: String?, type: UInt32) {
        guard let value: Int32 = integer(column, type) else { return nil }
        self = value
    }
}

extension UInt32: ColumnDecodable {
    package static var expectation: String { "an OID" }
    package init?(column: String?, type: UInt32) {
        guard let value: UInt32 = integer(column, type) else { return nil }
        self = value
    }
}

extension Double: ColumnDecodable {
    package static var expectation: String { "a number" }

    /// `numeric` is accepted too, and rounded to what a Double can hold.
    package init?(column: String?, type: UInt32) {
        switch type {
        case TypeOID.float4, TypeOID.float8, TypeOID.numeric, TypeOID.int2, TypeOID.int4, TypeOID.int8:
            guard let value = column.flatMap({ Double($0) }) else { return nil }
            self = value
        default:
            return nil
        }
    }
}

/// One-dimensional arrays; elements are read with the type of the array's element left open.
extension Array: ColumnDecodable where Element: ArrayElementDecodable {
    package static var expectation: String { "an array of \(Element.elementExpectation)" }

    package init?(column: String?, type: UInt32) {
        guard let column, !TypeOID.isKnownScalar(type), let texts = ArrayText.elements(of: column) else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(texts.count)
        for text in texts {
            guard let element = Element(arrayElement: text) else { return nil }
            elements.append(element)
        }
        self = elements
    }
}

/// An element of an array, where the server does not say the element's type beside the value.
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

extension Int: ArrayElementDecodable {
    package static var elementExpectation: String { "integers" }
    package init?(arrayElement: String?) {
        guard let value = arrayElement.flatMap({ Int($0) }) else { return nil }
        self = value
    }
}

extension Int64: ArrayElementDecodable {
    package static var elementExpectation: String { "integers" }
    package init?(arrayElement: String?) {
        guard let value = arrayElement.flatMap({ Int64($0) }) else { return nil }
        self = value
    }
}

extension Int32: ArrayElementDecodable {
    package static var elementExpectation: String { "integers of 32 bits" }
    package init?(arrayElement: String?) {
        guard let value = arrayElement.flatMap({ Int32($0) }) else { return nil }
        self = value
    }
}

extension UInt32: ArrayElementDecodable {
    package static var elementExpectation: String { "OIDs" }
    package init?(arrayElement: String?) {
        guard let value = arrayElement.flatMap({ UInt32($0) }) else { return nil }
        self = value
    }
}

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
