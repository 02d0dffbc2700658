import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient

/// Brings a database to a schema that is embedded in the program: a set of migrations, in order, each in one
/// transaction with its row in the set's table of migrations.
///
/// However a call ends, every migration is there as a whole or not at all, and the next call goes on behind the last
/// one. What was applied before is compared by checksum first: a database whose record is no beginning of this
/// program's list is left alone.
package struct SchemaInstaller: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let programVersion: String
    private let set: MigrationSet
    /// Who must have no part in what is filled.
    var strangers: Strangers?

    /// - Parameters:
    ///   - conninfo: of the database; its role has to be a superuser, or to have the rights that `apply` asks for.
    ///   - applicationName: what `pg_stat_activity` shows.
    ///   - programVersion: what is recorded beside each migration.
    package init(
        conninfo: String, applicationName: String, programVersion: String, set: MigrationSet = .platform
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.programVersion = programVersion
        self.set = set
    }

    /// What `apply` would apply now, in order; empty for a database that is up to date. Changes nothing, and needs no
    /// right beyond connecting.
    package func plan() async throws(ServerFailure) -> [Migration] {
        try await connected { (runner) async throws(ServerFailure) in
            try await runner.pending()
        }
    }

    /// Applies what is pending. Cancelling the task cancels the running migration on the server, which rolls it back;
    /// those before it stay.
    ///
    /// Locks: an advisory one against a second installer for as long as it works; each migration what its DDL needs,
    /// waiting 10 seconds at most for each.
    ///
    /// - Parameter progress: called after each commit.
    /// - Throws: before anything is changed: a standby, a pooling proxy, another installer at work, a record that does
    ///   not fit, missing rights. Later: the migration that failed, with the server's words; nothing of it remains.
    package func apply(
        progress: @Sendable (AppliedMigration) -> Void = { _ in }
    ) async throws(ServerFailure) -> AppliedMigrations {
        try await connected { (runner) async throws(ServerFailure) in try await runner.apply(progress: progress) }
    }

    private func connected<Value: Sendable>(
        _ body: (MigrationRunner) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await connection.requirePrimary()
            try await connection.refuseForeignEventTrigger()
            var set = set
            do throws(PostgresError) {
                // Asked once the schema cannot be renamed any more: it is the one that is then filled.
                set.firstProof = try strangers.map { (strangers) throws(PostgresError) in
                    try spelled(SchemaPin([SchemaRelease.platform.schema: .anyOrNone]).statement()) + ";\n"
                        + strangers.proof()
                }
                set.lastProof = try strangers?.lastProof()
            } catch {
                throw ServerFailure(error)
            }
            return try await body(MigrationRunner(connection: connection, set: set, programVersion: programVersion))
        }
    }
}
