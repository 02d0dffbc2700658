import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// What is said of a role that may do more than the work takes.
@Suite("A role with too many rights")
struct RoleExcessTests {
    @Test(arguments: PostgresVersion.underTest)
    func isToldFromOneThatIsNone(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await cluster.psql(
            """
            CREATE ROLE plain LOGIN; CREATE ROLE admin SUPERUSER; CREATE ROLE heir LOGIN; CREATE ROLE runner LOGIN;
            GRANT admin TO heir; GRANT pg_execute_server_program TO runner; GRANT pg_read_all_stats TO plain;
            """)
        try await TestDatabase.with(cluster) { database in
            let expected = [
                "plain": nil, "postgres": "it is a superuser", "heir": "it may become admin, a superuser",
                "runner":
                    "it is a member of pg_execute_server_program, and so may do on the server whatever its system user may",
            ]
            for (role, excess) in expected {
                let definition = DatabaseDefinition(
                    name: database.name, conninfo: database.conninfo(user: role), schemas: ["public"])
                let connection = try await database.connect(user: role)
                let snapshot = try await SnapshotReader(
                    definition: definition, tasks: TaskKind.allCases, session: database.session(from: connection)
                )
                .read()
                #expect(snapshot.server.excess == excess)
                await connection.close()

                let sink = RecordingSink()
                _ = await database.serve(TestSlot.order(.views), user: role, sink: sink)
                let said: [ServiceEvent] = sink.events.compactMap {
                    if case .service(let event) = $0, case .roleExceeds = event { event } else { nil }
                }
                let wanted = excess.map { ServiceEvent.roleExceeds(database: database.name, role: role, $0) }
                #expect(said == [wanted].compactMap(\.self))

                let advice = try await PrivilegeCheck(definition: definition, applicationName: "test").findings()
                    .filter { $0.object == "role \(role)" && $0.expected.contains("nothing else") }
                #expect(advice.count == (excess == nil ? 0 : 1) && advice.allSatisfy { $0.severity == .advice })
            }
        }
        try await cluster.destroy()
    }
}
