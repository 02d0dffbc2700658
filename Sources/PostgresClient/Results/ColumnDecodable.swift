/// A type that a value in PostgreSQL's text format can be decoded as.
package protocol ColumnDecodable: Sendable {
    /// What is accepted, as an error message names it.
    static var expectation: String { get }
    /// `column` is nil for NULL; `type` is the OID of the column's type. Returns nil if they do not match
    /// `expectation`.
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

/// Values of any type can be decoded as a string: timestamps, `regclass` and enums too.
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

/// A number that does not fit into the type is not decoded.
extension ColumnDecodable where Self: FixedWidthInteger {
    package init?(column: String?, type: UInt32) {
        switch type {
        case TypeOID.int2, TypeOID.int4, TypeOID.int8, TypeOID.oid:
            guard let value = column.flatMap({ Self($0) }) else { return nil }
            self = value
        default:
            return nil
        }
    }
}

extension Int: ColumnDecodable { package static var expectation: String { "an integer" } }
extension Int64: ColumnDecodable { package static var expectation: String { "an integer" } }
extension Int32: ColumnDecodable { package static var expectation: String { "an integer of 32 bits" } }
extension UInt32: ColumnDecodable { package static var expectation: String { "an OID" } }

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
