import Maintenance
import PostgresClient

/// Compares a live database with the schema that this program installs.
package struct SchemaVerifier: Sendable {
    private let conninfo: String
    private let applicationName: String

    package init(conninfo: String, applicationName: String) {
        self.conninfo = conninfo
        self.applicationName = applicationName
    }

    /// Changes nothing, and needs no right beyond connecting; also on a standby.
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
                connection: connection, schema: recorded.schema, roles: recorded.roles
            ).read()
            let major = connection.server.version.major
            let expected = recorded.facts(major: major, extensionSchemas: live.extensionSchemas)
            return SchemaVerification(
                schema: recorded.schema, major: major, expected: expected, live: live,
                isRecorded: recorded.majors.contains(major))
        } catch {
            throw ServerFailure(error)
        }
    }
}
