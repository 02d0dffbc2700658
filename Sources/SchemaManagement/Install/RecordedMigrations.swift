import DatabaseAccess
import Maintenance
import PostgresClient
import SchemaDesign

/// What pgtend's record says of the migrations that a database has had.
struct RecordedMigrations {
    /// 0 also where there is no record.
    let count: Int
    /// The names of the steps that it has had of the next one.
    let steps: Set<String>

    /// Changes nothing.
    ///
    /// - Throws: where the record is not the beginning of what this program has.
    static func read(_ connection: Connection, _ set: MigrationSet) async throws(ServerFailure) -> Self {
        let runner = MigrationRunner(connection: connection, set: set, programVersion: "")
        let count = try await runner.applied().count
        guard count < set.migrations.count, try await connection.hasRecord(of: set) else {
            return Self(count: count, steps: [])
        }
        let next = set.migrations[count]
        do throws(PostgresError) {
            let stands = try await connection.row("SELECT to_regclass('pgtend.migration_steps') IS NOT NULL AS stands")
            guard try stands.decode("stands") else { return Self(count: count, steps: []) }
            let parts = next.parts.map { ($0.path, $0.text) }
            let rows = try await connection.rows(
                SchemaQuery.migrationSteps(next.number, parts.map(\.0), parts.map(\.1)))
            var steps: Set<String> = []
            for row in rows {
                let name: String = try row.decode("step")
                guard try row.decode("is_same") else { throw PostgresError(.server, Self.edited(next.label, name)) }
                steps.insert(name)
            }
            return Self(count: count, steps: steps)
        } catch {
            throw ServerFailure(error)
        }
    }

    private static func edited(_ migration: String, _ step: String) -> String {
        "step \(step) of migration \(migration) is not the one that the database has had: a migration never changes once it "
            + "is released"
    }
}
