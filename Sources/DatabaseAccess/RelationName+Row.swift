import PostgresClient
import SQLText

extension RelationName {
    /// Reads a relation from two columns of a row.
    package init(_ row: Row, schema: String = "schema", name: String = "name") throws(PostgresError) {
        self.init(schema: try row.decode(schema), name: try row.decode(name))
    }
}
