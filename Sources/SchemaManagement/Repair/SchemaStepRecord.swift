import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// The record of the steps in schema `pgtend`: those that close a gap in `schema_steps`, those of a migration in
/// `migration_steps`, and with its last step the migration itself. A row is entered in the transaction of its step where
/// that has one.
struct SchemaStepRecord {
    let connection: Connection
    let set: MigrationSet
    let programVersion: String

    /// Creates the tables, and that of what steps change outside the schema.
    func prepare() async throws(PostgresError) {
        // A role that goes on with what another one began need not own these tables.
        let stands = try await connection.row(
            """
            SELECT to_regclass('pgtend.schema_steps') IS NOT NULL AS has_steps,
                to_regclass('pgtend.migration_steps') IS NOT NULL AS has_migration_steps
            """)
        let tables =
            [
                EmbeddedSQL.text(
                    EmbeddedSQL.platformFolder + "migrations/0001_consolidated_schema/foundation/created_objects.sql")
            ]
            + (try stands.decode("has_steps") ? [] : [Self.text("repair/steps_table")])
            + (try stands.decode("has_migration_steps") ? [] : [Self.text("migration_steps_table")])
        // Whoever made the schema while we were about to would have it filled.
        let proofs = [try set.revocation(areAllNew: false), try set.proof()]
        try await connection.script(unsafe: (tables + proofs).joined(separator: "\n;\n"))
    }

    private static func text(_ query: String) -> String {
        EmbeddedSQL.query(EmbeddedSQL.platformFolder + "queries/" + query)
    }

    /// - Parameter rows: of a backfill, how many got new values.
    func enter(_ step: SchemaStep, rows: Int64? = nil) async throws(PostgresError) {
        if let migration = step.migration { return try await enter(migration, rows) }
        var statements = step.statements
        if case .inBatches(let backfill) = step.execution {
            statements = ["UPDATE ... AS r SET \(backfill.assignment) WHERE \(backfill.condition)"]
        }
        try await connection.execute(
            """
            INSERT INTO pgtend.schema_steps (object, purpose, statements, rows_changed, pgtend_version)
            VALUES (\(step.object.description), \(step.purpose), \(statements.joined(separator: ";\n")), \
            \(rows)::bigint, \(programVersion))
            """)
    }

    /// Keeps what golang-migrate's row said before it is given another number.
    func enter(_ record: GolangMigrateRecord, becoming version: Int) async throws(PostgresError) {
        try await connection.execute(
            """
            INSERT INTO pgtend.schema_steps (object, purpose, statements, pgtend_version)
            VALUES (\("table \(record.table)"),
                \("golang-migrate's version was \(record.version), \(record.isDirty ? "dirty" : "clean")"),
                \("version = \(version), dirty = false"), \(programVersion))
            """)
    }

    /// With the last step its migration is recorded as well.
    private func enter(_ step: MigrationStep, _ rows: Int64?) async throws(PostgresError) {
        try await connection.execute(
            """
            INSERT INTO pgtend.migration_steps (number, step, checksum, rows_changed, pgtend_version)
            VALUES (\(step.number)::integer, \(step.name), encode(sha256(convert_to(\(step.part.text), 'UTF8')), 'hex'), \
            \(rows)::bigint, \(programVersion))
            """)
        guard step.isLast, let migration = set.migrations.first(where: { $0.number == step.number }) else { return }
        let checksum = "encode(sha256(convert_to(\(try spelled(SQLLiteral(migration.text).quoted)), 'UTF8')), 'hex')"
        try await connection.script(
            unsafe: try spelled(set.record(of: migration, checksum: checksum, by: programVersion)))
    }
}

/// The rows of steps that are one transaction, or of one that is several.
struct StepsRow: StepRecord {
    let record: SchemaStepRecord
    let steps: [SchemaStep]
    /// The statement that keeps the schema in its place: without it no transaction of the steps begins, batches included.
    let pin: String
    let keeper: MigrationKeeper?

    var reservation: StepBeginning? { StepBeginning([pin]) }

    func enter(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        for step in steps { try await record.enter(step, rows: result.figures[.rows]) }
        return try await outcomeBeforeEnd(on: connection)
    }

    func outcomeBeforeEnd(on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        try await keeper?.requireLock()
        return nil
    }

    func enterAlone(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        try await connection.inTransaction(unsafe: "SET LOCAL lock_timeout = '1min'") {
            () async throws(PostgresError) in try await enter(result, on: connection)
        }
    }

    /// None of them has one: the catalog tells what was left in the middle.
    func noteAlone(
        _ intention: [String: String], on connection: Connection
    ) async throws(PostgresError) -> StepOutcome? {
        nil
    }
}
