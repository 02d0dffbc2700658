import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Compares a live database with the schema that this program installs.
package struct SchemaVerifier: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let release: SchemaRelease

    package init(conninfo: String, applicationName: String, release: SchemaRelease = .platform) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.release = release
    }

    /// Changes nothing and needs no privilege but CONNECT. Works on a standby, too.
    ///
    /// - Throws: what kept the catalog from being read; where a migration may be to come, also that pgtend's record of them
    ///   is in other hands.
    package func verify() async throws(ServerFailure) -> SchemaVerification {
        try await Connection.forSchema(conninfo, applicationName) {
            (connection) async throws(ServerFailure) in
            let live = try await Self.live(connection, release)
            var verification = release.verification(of: live, on: connection.server.version.major)
            // What the first migration leaves is there or not; a later one may change rows alone.
            if release.set.migrations.count > 1, !live.holdsNothing {
                let recorded = try await RecordedMigrations.read(connection, release.set).count
                if recorded > 0 { verification.pending = release.set.migrations.dropFirst(recorded).map(\.label) }
            }
            return verification
        }
    }

    static func live(
        _ connection: Connection, _ release: SchemaRelease
    ) async throws(ServerFailure) -> CatalogFacts {
        let recorded = release.newest
        do throws(PostgresError) {
            return try await FactsReader(
                connection: connection, schema: recorded.schema, roles: recorded.roles, owner: recorded.owner,
                names: recorded.names
            ).read()
        } catch {
            throw await connection.failure(error, reading: recorded.schema)
        }
    }
}

extension SchemaRelease {
    /// - Parameters:
    ///   - live: what a database holds.
    ///   - major: of its server.
    ///   - count: how many migrations it should have had; nil for all.
    func verification(of live: CatalogFacts, on major: Int, after count: Int? = nil) -> SchemaVerification {
        let recorded = facts[(count ?? facts.count) - 1]
        return SchemaVerification(
            schema: schema, major: major,
            expected: recorded.facts(major: major, extensionSchemas: live.extensionSchemas), live: live,
            isRecorded: recorded.majors.contains(major))
    }

    /// What a database holds that has had each migration and those before it.
    func expected(on major: Int, _ extensionSchemas: [String: String]) -> [CatalogFacts] {
        facts.map { $0.facts(major: major, extensionSchemas: extensionSchemas) }
    }
}

extension Connection {
    /// What kept a schema from being read. For a lock that could not be taken, it says who holds one.
    func failure(_ error: PostgresError, reading schema: String) async -> ServerFailure {
        var failure = ServerFailure(error)
        guard failure.failureClass == .lockNotAvailable else { return failure }
        failure.message = "schema \(RelationName.quoted(schema)) cannot be read, since others hold locks in it: "
        do throws(PostgresError) {
            // Asked right after the failure, when whoever held the lock usually still has it.
            let relations = try await rows(
                """
                SELECT n.nspname AS schema, c.relname AS name
                FROM pg_class AS c
                JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = \(schema)
                """
            ).map { (row) throws(PostgresError) in (try RelationName(row), "ACCESS SHARE") }
            let holders = try await blockers(of: relations).map(\.description)
            failure.message += holders.isEmpty ? error.message : holders.joined(separator: "; ")
        } catch let second {
            failure.message += "\(failure.sqlState?.rawValue ?? "") \(second.message)"
        }
        failure.cure = "repeat the command when they are done, or have ended: SELECT pg_terminate_backend(PID)"
        return failure
    }
}
