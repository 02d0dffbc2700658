import CLibPQ
import Glibc
import SQLText

/// One SQL statement with its parameters.
///
/// Written as a string literal; the type of each interpolated value decides what becomes of it:
/// ```
/// let statement: Statement = "SELECT count(*) FROM \(table) WHERE tenant = \(tenant)"
/// ```
/// a value becomes the parameter `$n`, which is sent separately from the text; an `SQLIdentifier`, `QualifiedName` or
/// `SQLLiteral` is quoted in place; raw text needs `\(unsafe: text)`.
///
/// `Int` and `Int64` are sent as `bigint`, `Int32` as `integer`, `UInt32` as `oid`, `Double` as `double precision`. For
/// a `String` the server infers the type from the context, as it does for a quoted constant.
package struct Statement: Sendable {
    /// A parameter as libpq takes it: the OID of its type (0: to be inferred), and its text, nil for NULL.
    struct Parameter: Sendable {
        let type: UInt32
        let text: String?
    }

    /// With `$1`, `$2`, … where the parameters stand.
    package private(set) var text: String
    private(set) var parameters: [Parameter]
    /// Whether a session that is asked for it more than once keeps its plan, which then is one for all values of the
    /// parameters: for queries on catalogs, whose plan hardly depends on them.
    private(set) var keepsPlan = false

    /// What one plan is for.
    struct Signature: Hashable, Sendable {
        let text: String
        let types: [UInt32]
    }

    var signature: Signature { Signature(text: text, types: parameters.map(\.type)) }

    /// For text that already contains `$1`, `$2`, …, such as a file of `sql/`, and for SQL that was composed elsewhere.
    package init(unsafe text: String, parameters: [(any StatementParameter)?] = [], keepsPlan: Bool = false) {
        self.text = text
        self.keepsPlan = keepsPlan
        self.parameters = parameters.map { value in
            Parameter(type: value.map { type(of: $0).parameterType } ?? 0, text: value?.parameterText)
        }
    }
}

extension Statement: ExpressibleByStringInterpolation {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var parameters: [Parameter] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 8 * interpolationCount)
            parameters.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation<Value: StatementParameter>(_ value: Value?) {
            parameters.append(Parameter(type: Value.parameterType, text: value?.parameterText))
            text += "$\(parameters.count)"
        }

        package mutating func appendInterpolation<Value: StatementParameter>(_ value: Value) {
            appendInterpolation(Value?.some(value))
        }

        package mutating func appendInterpolation(_ identifier: SQLIdentifier) {
            text += identifier.quoted
        }

        package mutating func appendInterpolation(_ name: QualifiedName) {
            text += name.quoted
        }

        package mutating func appendInterpolation(_ literal: SQLLiteral) {
            text += literal.quoted
        }

        package mutating func appendInterpolation(unsafe sql: String) {
            text += sql
        }
    }

    package init(stringLiteral text: String) {
        self.init(unsafe: text)
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        parameters = stringInterpolation.parameters
    }
}

extension Statement {
    /// Hands the statement to libpq, in text format; false where libpq could not take it.
    ///
    /// - Parameter name: of the prepared statement that it is; nil for one that is not.
    func send(on connection: OpaquePointer, preparedAs name: String? = nil) throws(PostgresError) -> Bool {
        for (index, parameter) in parameters.enumerated() where parameter.text?.utf8.contains(0) ?? false {
            throw PostgresError(
                .misuse, "parameter $\(index + 1) contains a NUL character, which PostgreSQL text cannot hold")
        }
        let copies = parameters.map { parameter in parameter.text.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        let values = copies.map { copy in copy.map { UnsafePointer($0) } }
        let count = Int32(parameters.count)
        if let name { return PQsendQueryPrepared(connection, name, count, values, nil, nil, 0) == 1 }
        return PQsendQueryParams(connection, text, count, parameters.map(\.type), values, nil, nil, 0) == 1
    }

    /// Hands it to libpq to be prepared; false where libpq could not take it.
    func sendToPrepare(as name: String, on connection: OpaquePointer) -> Bool {
        PQsendPrepare(connection, name, text, Int32(parameters.count), parameters.map(\.type)) == 1
    }
}
