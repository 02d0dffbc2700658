import Maintenance
import PostgresClient

extension UndecodableName {
    /// Of a row about a relation; nil where all of it is UTF-8.
    ///
    /// - Parameter oid: of that relation, whose own name is the column `name`.
    init?(_ row: Row, of oid: UInt32) {
        guard let (column, text) = row.undecodable else { return nil }
        self.init(oid: oid, text: text, isOwnName: column == "name")
    }
}
