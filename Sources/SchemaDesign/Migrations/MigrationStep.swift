import EmbeddedSQL
import SQLText

/// A file of a migration after the first. Its head, the comments before its first statement, says how it runs in a
/// database that has rows, and what it locks:
/// ```
/// -- run: briefly
/// -- locks: mcp.agents ACCESS EXCLUSIVE
/// ```
///
/// | run | how |
/// |---|---|
/// | `together` | in one transaction with its neighbours, as the caller: new objects, and definitions for which nobody waits |
/// | `briefly` | in a transaction of its own, within the limit for locks |
/// | `patiently` | in a transaction of its own, however long it takes |
/// | `concurrently` | one `CREATE INDEX`, which becomes `CREATE INDEX CONCURRENTLY` |
/// | `in batches` | one `UPDATE … AS r SET … WHERE …`, a line each for `SET` and `WHERE`, a few rows at a time; the condition is false for a row that has had it |
///
/// All but `together` run as the schema's own role, to which what they lock has to belong. What changes rows alone has
/// to bear being run once more: see ``MigrationRoad``.
package struct MigrationStep: Hashable, Sendable {
    enum Manner: Hashable {
        case together
        case briefly([LockRequirement])
        case patiently([LockRequirement])
        case concurrently(index: String, table: RelationName)
        case inBatches(table: RelationName, assignment: String, condition: String)
    }

    /// The number of its migration.
    package let number: Int
    /// Of its file, such as `02_region`.
    package let name: String
    /// Whether its migration is done with it.
    package let isLast: Bool
    /// The file.
    package let part: Migration.Part
    let migration: String
    let manner: Manner
    private let statements: [String]

    /// Those of a migration, in their order.
    ///
    /// - Throws: where a head does not say what it has to.
    package static func all(of migration: Migration) throws(MigrationHeadError) -> [MigrationStep] {
        var steps: [MigrationStep] = []
        for part in migration.parts { steps.append(try MigrationStep(part, of: migration)) }
        return steps
    }

    init(_ part: Migration.Part, of migration: Migration) throws(MigrationHeadError) {
        let head = try MigrationHead(part)
        number = migration.number
        self.migration = migration.label
        self.part = part
        let file = part.path.split(separator: "/").last ?? ""
        name = String(file.prefix { $0 != "." })
        isLast = part == migration.parts.last
        manner = try head.manner
        statements = try head.statements(manner)
    }

    /// The step for a database.
    ///
    /// - Parameters:
    ///   - live: what the database has: of a partitioned table each partition is filled.
    ///   - owner: the schema's own role.
    func step(in live: CatalogFacts, schema: String, as owner: String?) -> SchemaStep {
        let execution: SchemaStep.Execution
        let object: CatalogObject
        switch manner {
        case .together:
            (execution, object) = (.together, CatalogObject(.schema, schema))
        case .briefly(let locks):
            (execution, object) = (.briefly(locks), Self.object(locks, schema))
        case .patiently(let locks):
            (execution, object) = (.patiently(locks), Self.object(locks, schema))
        case .concurrently(let index, let table):
            (execution, object) = (.concurrently(index: index), CatalogObject(.index, index, of: table.name))
        case .inBatches(let table, let assignment, let condition):
            let partitions = live.objects(.partition).filter { $0.relation.isSame(as: table.name) }
                .map { RelationName(schema: live[$0, .schema] ?? table.schema, name: $0.name) }
            execution = .inBatches(
                Backfill(
                    tables: partitions.isEmpty ? [table] : partitions, assignment: assignment, condition: condition))
            object = CatalogObject(.table, table.name)
        }
        var step = SchemaStep(object, execution, "migration \(migration), \(name)", statements)
        step.migration = self
        return manner == .together ? step : step.run(as: owner)
    }

    private static func object(_ locks: [LockRequirement], _ schema: String) -> CatalogObject {
        locks.first.map { CatalogObject(.table, $0.relation.name) } ?? CatalogObject(.schema, schema)
    }
}
