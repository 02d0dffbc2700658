import EmbeddedSQL
import PostgresClient

/// A list of queries by their paths without `.sql`, each runnable in psql: `Query.name($1, $2, …)` is its statement.
package protocol EmbeddedQuery: RawRepresentable, CaseIterable, Sendable where RawValue == String {}

extension EmbeddedQuery {
    package func callAsFunction(_ parameters: (any StatementParameter)?...) -> Statement {
        Statement(unsafe: EmbeddedSQL.query(rawValue), parameters: parameters)
    }
}
