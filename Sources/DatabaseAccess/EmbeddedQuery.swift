import EmbeddedSQL
import PostgresClient

/// A list of queries by their paths without `.sql`, each runnable in psql: `Query.name($1, $2, …)` is its statement.
package protocol EmbeddedQuery: RawRepresentable, CaseIterable, Sendable where RawValue == String {
    /// What the raw values are paths below of, with its slash; nothing where they are whole.
    static var folder: String { get }
}

extension EmbeddedQuery {
    package static var folder: String { "" }

    package func callAsFunction(_ parameters: (any StatementParameter)?...) -> Statement {
        Statement(unsafe: EmbeddedSQL.query(Self.folder + rawValue), parameters: parameters)
    }
}
