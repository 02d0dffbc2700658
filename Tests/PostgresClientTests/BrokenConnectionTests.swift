import Glibc
import PostgresClient
import TestSupport
import Testing

@Suite("A connection that breaks", .timeLimit(.minutes(3)))
struct BrokenConnectionTests {
    @Test func isAnErrorWhenTheBackendIsTerminatedInMidStatement() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let running = Task { try await connection.execute("SELECT pg_sleep(60)") }
            try await database.untilSleeping()
            try await database.psql("SELECT pg_terminate_backend(\(connection.server.backendPID))")
            let error = try await #require(throws: PostgresError.self) { try await running.value }
            #expect(error.kind == .connection)
            #expect(error.sqlState == .adminShutdown)
            #expect(error.message == "terminating connection due to administrator command")
            #expect(connection.isBroken)
            let next = try await #require(throws: PostgresError.self) { try await connection.execute("SELECT 2") }
            #expect(next.kind == .connection)
            #expect(
                next.message
                    == "the connection is no longer usable: terminating connection due to administrator command")
            #expect(next.statement == "SELECT 2")
        }
    }

    @Test func isAnErrorWhenTheBackendIsTerminatedWhileIdle() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            try await database.psql("SELECT pg_terminate_backend(\(connection.server.backendPID), 10000)")
            let error = try await #require(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
            #expect(error.kind == .connection)
            #expect(error.sqlState == .adminShutdown)
            #expect(connection.isBroken)
        }
    }

    @Test func isAnErrorWhenTheServerStopsAtOnce() async throws {
        let cluster = try await Cluster.private(.v15)
        let connection = try await Connection.open(ConnectionInfo(parsing: cluster.conninfo()))
        let running = Task { try await connection.execute("SELECT pg_sleep(60)") }
        try await cluster.untilSleeping(in: "postgres")
        try await cluster.stop(.immediate)
        let error = try await #require(throws: PostgresError.self) { try await running.value }
        #expect(error.kind == .connection)
        #expect(connection.isBroken)
        let gone = try await #require(throws: PostgresError.self) {
            try await Connection.open(ConnectionInfo(parsing: cluster.conninfo()))
        }
        #expect(gone.kind == .connection)
        #expect(gone.message.contains(cluster.folder) && gone.message.contains("Is the server running locally"))
        try await cluster.destroy()
    }

    @Test func isGivenUpWhenTheBackendDoesNotReactToACancel() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(
                database.info, options: SessionOptions(cancelGrace: .milliseconds(100)))
            let backend = connection.server.backendPID
            #expect(kill(backend, SIGSTOP) == 0)
            defer { kill(backend, SIGCONT) }
            let error = try await #require(throws: PostgresError.self) {
                try await connection.execute("SELECT 1", timeout: .milliseconds(50))
            }
            #expect(error.kind == .timedOut)
            #expect(
                error.message
                    == "the statement took longer than its limit of 0.05 seconds, and the server did not react to a "
                    + "cancel request within 0.1 seconds, so the connection was closed")
            #expect(connection.isBroken)
        }
    }

    /// Every byte of connecting, pinning and one query is the last one once.
    @Test func isAnErrorWhereverTheNetworkIsCut() async throws {
        try await TestDatabase.with(.v15) { database in
            let relay = try Relay(to: database.cluster.folder + "/.s.PGSQL.5432")
            defer { relay.close() }
            let info = try database.info.setting("host", to: "127.0.0.1").setting("port", to: "\(relay.port)")
            /// The bytes that it took, read before the connection ends: its Terminate may or may not be among them.
            func exchange() async throws -> Int {
                let connection = try await Connection.open(info)
                let answer: Int = try await connection.row("SELECT \(42) AS n").decode("n")
                #expect(answer == 42)
                let forwarded = relay.forwarded
                await connection.close()
                return forwarded
            }
            relay.fail(nil)
            let whole = try await exchange()
            #expect(whole > 500)
            // The pid is among the bytes, in digits: a later session may have fewer of them.
            let most = whole - "32768".count
            var failures = 0
            for count in 0..<whole {
                relay.fail(.cut(after: count))
                do {
                    let took = try await exchange()
                    #expect(took <= count && count > most, "no error with \(count) of \(whole) bytes")
                } catch let error as PostgresError {
                    #expect(error.kind == .connection, "after \(count) bytes: \(error)")
                    #expect(!error.message.isEmpty)
                    failures += 1
                }
            }
            #expect(failures > most)
            relay.fail(nil)
            #expect(try await exchange() > 500)
        }
    }

    /// A sample of the same bytes: each takes a time limit.
    @Test func isAnErrorWhereverTheNetworkStalls() async throws {
        try await TestDatabase.with(.v15) { database in
            let relay = try Relay(to: database.cluster.folder + "/.s.PGSQL.5432")
            defer { relay.close() }
            let info = try database.info.setting("host", to: "127.0.0.1").setting("port", to: "\(relay.port)")
            let options = SessionOptions(
                connectTimeout: .milliseconds(150), statementTimeout: .milliseconds(150), cancelGrace: .milliseconds(20)
            )
            func exchange() async throws {
                let connection = try await Connection.open(info, options: options)
                try await connection.execute("SELECT \(42) AS n")
            }
            relay.fail(nil)
            let unhurried = try await Connection.open(info)
            try await unhurried.execute("SELECT \(42) AS n")
            let whole = relay.forwarded
            var kinds: Set<PostgresError.Kind> = []
            for count in stride(from: 0, to: whole, by: 83) {
                relay.fail(.stall(after: count))
                let error = try await #require(throws: PostgresError.self, "\(count) of \(whole)") {
                    try await exchange()
                }
                kinds.insert(error.kind)
                #expect(error.kind == .connection || error.kind == .timedOut, "after \(count) bytes: \(error)")
            }
            #expect(kinds == [.connection, .timedOut])
        }
    }
}
