import SQLText

/// A value that can be sent as a parameter of a statement, `$n`.
package protocol StatementParameter: Sendable {
    /// The OID of the type that is sent, or 0 to let the server infer the type from the context.
    static var parameterType: UInt32 { get }
    /// The value in PostgreSQL's text format.
    var parameterText: String { get }
}

extension String: StatementParameter {
    /// Inferred, so that a string can be used like a quoted constant: for text, timestamps, enums, `regclass`.
    package static var parameterType: UInt32 { 0 }
    package var parameterText: String { self }
}

extension StatementParameter where Self: FixedWidthInteger {
    package var parameterText: String { String(self) }
}

extension Bool: StatementParameter {
    package static var parameterType: UInt32 { TypeOID.bool }
    package var parameterText: String { self ? "t" : "f" }
}

extension Int: StatementParameter {
    package static var parameterType: UInt32 { TypeOID.int8 }
}

extension Int64: StatementParameter {
    package static var parameterType: UInt32 { TypeOID.int8 }
}

extension Int32: StatementParameter {
    package static var parameterType: UInt32 { TypeOID.int4 }
}

extension UInt32: StatementParameter {
    package static var parameterType: UInt32 { TypeOID.oid }
}

extension Double: StatementParameter {
    package static var parameterType: UInt32 { TypeOID.float8 }
    package var parameterText: String {
        switch self {
        case .infinity: "Infinity"
        case -.infinity: "-Infinity"
        case _ where isNaN: "NaN"
        default: "\(self)"
        }
    }
}

/// The element of an array that can be a parameter: `[String]` is `text[]`, `[Int64]` is `bigint[]`.
package protocol ArrayElementParameter: StatementParameter {
    static var arrayType: UInt32 { get }
}

extension String: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.textArray } }
extension Int: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.int8Array } }
extension Int64: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.int8Array } }
extension Int32: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.int4Array } }
extension UInt32: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.oidArray } }
extension Double: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.float8Array } }
extension Bool: ArrayElementParameter { package static var arrayType: UInt32 { TypeOID.boolArray } }

extension Array: StatementParameter where Element: ArrayElementParameter {
    package static var parameterType: UInt32 { Element.arrayType }
    /// Every element is quoted, so that no text can be mistaken for a delimiter or for NULL.
    package var parameterText: String {
        let elements = map { "\"" + $0.parameterText.inserting("\\", before: "\"", "\\") + "\"" }
        return "{" + elements.joined(separator: ",") + "}"
    }
}
