import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Compares a live database with the schema that this program installs.
package struct SchemaVerifier: Sendable {
    private let conninfo: String
    private let applicationName: String

    package init(conninfo: String, applicationName: String) {
        self.conninfo = conninfo
        self.applicationName = applicationName
    }

    /// Changes nothing and needs no privilege but CONNECT. Works on a standby, too.
    ///
    /// - Throws: what kept the catalog from being read.
    package func verify() async throws(ServerFailure) -> SchemaVerification {
        try await Connection.forSchema(conninfo, applicationName) {
            (connection) async throws(ServerFailure) in
            try await Self.verify(connection)
        }
    }

    static func verify(_ connection: Connection) async throws(ServerFailure) -> SchemaVerification {
        let recorded = RecordedFacts.platform
        do throws(PostgresError) {
            let live = try await FactsReader(
                connection: connection, schema: recorded.schema, roles: recorded.roles, owner: recorded.owner,
                names: recorded.names
            ).read()
            let major = connection.server.version.major
            let expected = recorded.facts(major: major, extensionSchemas: live.extensionSchemas)
            return SchemaVerification(
                schema: recorded.schema, major: major, expected: expected, live: live,
                isRecorded: recorded.majors.contains(major))
        } catch {
            throw await connection.failure(error, reading: recorded.schema)
        }
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
