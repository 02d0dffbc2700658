import DatabaseAccess
import Maintenance
import SQLText
import SchemaDesign

/// How far the rows of a table have got new values.
package struct BackfillProgress: Sendable {
    package let object: CatalogObject
    /// The table, or the partition.
    package let table: RelationName
    /// Of its blocks: 0 to 1.
    package let share: Double
    /// Rows that were changed so far.
    package let changed: Int
    package let duration: Duration
}
