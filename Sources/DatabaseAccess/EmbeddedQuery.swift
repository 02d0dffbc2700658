import EmbeddedSQL
import PostgresClient

/// An enumeration of the queries in `sql/` that a module uses. A raw value is the path of a file without `.sql`;
/// calling a case with the query's parameters makes its statement: `Query.name($1, $2, …)`.
package protocol EmbeddedQuery: RawRepresentable, CaseIterable, Sendable where RawValue == String {
    /// The folder that the raw values are relative to, with its trailing slash; empty if they are paths below `sql/`.
    static var folder: String { get }
    /// Whether a session keeps their plans (`Statement.keepsPlan`).
    static var keepPlans: Bool { get }
}

extension EmbeddedQuery {
    package static var folder: String { "" }
    package static var keepPlans: Bool { false }

    package func callAsFunction(_ parameters: (any StatementParameter)?...) -> Statement {
        Statement(unsafe: EmbeddedSQL.query(Self.folder + rawValue), parameters: parameters, keepsPlan: Self.keepPlans)
    }
}
