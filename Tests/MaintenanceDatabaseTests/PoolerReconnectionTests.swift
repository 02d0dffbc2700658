import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Reconnecting through a pooler")
struct PoolerReconnectionTests {
    @Test func isRefusedWhereThePoolerHasBegunToLendBackends() async throws {
        try await TestDatabase.with { database in
            try await Pgbouncer.with(before: database.cluster, .session) { pooler in
                let definition = database.definition(conninfo: database.conninfo(["host": pooler.folder])) {
                    $0.pooler = .session
                }
                let open = { @Sendable () async throws(PostgresError) in
                    try await Connection.open(definition, options: SessionOptions(applicationName: "test"))
                }
                let first = try await open()
                let session = RunSession(first: first, notices: NoticeLog(), reopen: open)
                #expect(try await session.take([.views]).isEmpty)
                let backend: Int32 = try await first.row("SELECT pg_backend_pid() AS pid").decode("pid")
                try await pooler.console("SET pool_mode = 'transaction'")
                try await database.psql("SELECT pg_terminate_backend(\(backend), 10000)")
                await #expect(throws: PostgresError.self) { try await first.execute("SELECT 1") }

                let failure = await #expect(throws: PostgresError.self) { try await session.connection() }
                #expect(failure?.kind == .pooler)
                #expect(session.reconnectFailure?.kind == .pooler)
                await session.close()
            }
        }
    }
}
