import CLibPQ
import Glibc

/// The fields of an error or a notice. Must not be used after the result that they belong to is freed.
struct DiagnosticFields: ~Copyable {
    /// The codes of the protocol's ErrorResponse, which are libpq's `PG_DIAG_…` as well.
    enum Field: Character {
        case severity = "V"
        case sqlState = "C"
        case message = "M"
        case detail = "D"
        case hint = "H"
        case position = "P"
        case internalQuery = "q"
        case context = "W"
        case schema = "s"
        case table = "t"
        case column = "c"
        case constraint = "n"
        case serverFunction = "R"
    }

    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    subscript(field: Field) -> String? {
        guard let code = field.rawValue.asciiValue, let value = PQresultErrorField(result, Int32(code)) else {
            return nil
        }
        // Of a message of any length, which may quote a row, or be made to fill the memory and the journal.
        let bytes = UnsafeRawBufferPointer(start: value, count: strnlen(value, Self.longest + 1))
        guard bytes.count > Self.longest else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.prefix(Self.longest), as: UTF8.self) + "..."
    }

    private static let longest = 16_384
}

extension String {
    /// Without the line feed that ends libpq's messages, and the tab that begins each continuation line.
    func trimmedMessage() -> String {
        let lines = split(separator: "\n").map { line in line.drop { $0 == "\t" || $0 == " " } }
        return lines.joined(separator: "\n")
    }
}
