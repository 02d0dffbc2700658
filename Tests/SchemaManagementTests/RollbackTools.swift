import DatabaseAccess
import Maintenance
import TestSupport

@testable import EmbeddedSQL
@testable import SchemaManagement

/// A database on a cluster of its own: taking the schema back takes the roles, which are common to all databases.
func withDatabase(_ version: PostgresVersion, _ body: (TestDatabase) async throws -> Void) async throws {
    let cluster = try await Cluster.private(version)
    try await TestDatabase.with(cluster, body)
    try await cluster.destroy()
}

func apply(
    _ database: TestDatabase, user: String = "postgres", set: MigrationSet = .platform
) async throws -> AppliedMigrations {
    try await SchemaInstaller(
        conninfo: database.conninfo(user: user), applicationName: "test", programVersion: "0", set: set
    ).apply()
}

func rollback(
    _ database: TestDatabase, user: String = "postgres", release: SchemaRelease = .platform,
    trusting trusted: [String] = ["alice", "bob", "dba", "installer"]
) -> SchemaRollback {
    SchemaRollback(
        conninfo: database.conninfo(user: user), applicationName: "rollback", release: release,
        trusting: trusted)
}

/// What taking the schema back fails with; that it does not is the test's failure.
func rejection(of rollback: SchemaRollback, on database: String) async throws -> ServerFailure {
    do {
        let outcome = try await rollback.run(on: database, dropsRows: false)
        throw TestFailure("done: \(outcome)")
    } catch let failure as ServerFailure {
        return failure
    }
}

/// - Parameter down: nil for a migration that only goes forward.
func migration(_ number: Int, _ name: String, _ text: String, down: String?) -> Migration {
    let folder = "000\(number)_\(name)"
    return Migration(
        number: number, name: name, parts: [Migration.Part(path: "\(folder)/up.sql", text: text)],
        down: down.map { Migration.Part(path: "\(folder)/down.sql", text: $0) })
}
