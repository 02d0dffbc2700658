import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient

/// What pgtend's record says of the migrations that a database has had.
struct RecordedMigrations {
    private let set: MigrationSet
    /// 0 also where there is no record.
    let count: Int
    /// The names of the steps that it has had of the next one.
    let steps: Set<String>

    /// Those that it has had, the newest first, and before them one of which it has had a part.
    var newestFirst: [Migration] { self.set.migrations.prefix(steps.isEmpty ? count : count + 1).reversed() }

    /// Changes nothing.
    ///
    /// - Throws: where the record is not the beginning of what this program has.
    static func read(_ connection: Connection, _ set: MigrationSet) async throws(ServerFailure) -> Self {
        let runner = MigrationRunner(connection: connection, set: set, programVersion: "")
        let count = try await runner.applied().count
        // No step is recorded before its migration's predecessors are, by which the record has been proved to be pgtend's.
        guard count > 0, count < set.migrations.count else { return Self(set: set, count: count, steps: []) }
        return Self(set: set, count: count, steps: try await steps(of: set.migrations[count], on: connection))
    }

    private static func steps(
        of migration: Migration, on connection: Connection
    ) async throws(ServerFailure) -> Set<String> {
        var steps: [(name: String, isSame: Bool)] = []
        do throws(PostgresError) {
            let stands = try await connection.row("SELECT to_regclass('pgtend.migration_steps') IS NOT NULL AS stands")
            guard try stands.decode("stands") else { return [] }
            let (paths, texts) = (migration.parts.map(\.path), migration.parts.map(\.text))
            for row in try await connection.rows(SchemaQuery.migrationSteps(migration.number, paths, texts)) {
                steps.append((try row.decode("step"), try row.decode("is_same")))
            }
        } catch {
            throw ServerFailure(error)
        }
        if let edited = steps.first(where: { !$0.isSame }) {
            throw ServerFailure(
                failureClass: .refused,
                message: "step \(edited.name) of \(migration.label) is not the one that the database has had; "
                    + "nothing was changed",
                cure: "a migration never changes once it is released: use a build of pgtend whose sql/ was not edited, "
                    + "and put the change into a migration of its own")
        }
        return Set(steps.map(\.name))
    }
}
