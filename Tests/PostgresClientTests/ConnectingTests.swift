import Dispatch
import Glibc
import PostgresClient
import TestSupport
import Testing

@Suite("Connecting", .timeLimit(.minutes(1)))
struct ConnectingTests {
    @Test func namesTheDatabaseThatDoesNotExist() async throws {
        let cluster = try await Cluster.shared(.v15)
        let info = try ConnectionInfo(parsing: cluster.conninfo(database: "no such"))
        let error = try await #require(throws: PostgresError.self) { try await Connection.open(info) }
        #expect(error.kind == .connection)
        #expect(error.sqlState == .invalidCatalogName)
        #expect(error.message.hasSuffix("failed: database \"no such\" does not exist"), "\(error)")
        #expect(error.message.contains(cluster.folder))
    }

    @Test func namesTheRoleThatDoesNotExist() async throws {
        let cluster = try await Cluster.shared(.v15)
        let info = try ConnectionInfo(parsing: cluster.conninfo(user: "nobody at all"))
        let error = try await #require(throws: PostgresError.self) { try await Connection.open(info) }
        #expect(error.kind == .authentication)
        #expect(error.sqlState == .invalidAuthorization)
        #expect(error.message.hasSuffix("role \"nobody at all\" does not exist"), "\(error)")
    }

    @Test func namesTheSocketThatIsNotThere() async throws {
        let info = try ConnectionInfo(parsing: "host=/nowhere port=5433 dbname=x user=y")
        let error = try await #require(throws: PostgresError.self) { try await Connection.open(info) }
        #expect(error.kind == .connection)
        #expect(error.message.contains("/nowhere/.s.PGSQL.5433"))
        #expect(error.message.contains("No such file or directory"))
    }

    /// A listener whose queue is full drops every further SYN, as a black hole does.
    @Test func givesUpABlackHoleAndTriesTheNextHost() async throws {
        let cluster = try await Cluster.shared(.v15)
        let (listener, port) = try listenOnLocalhost(backlog: 0)
        defer { close(listener) }
        let fillers = (0..<4).map { _ in connectWithoutWaiting(port) }
        defer { for filler in fillers { close(filler) } }
        let hole = try ConnectionInfo(parsing: cluster.conninfo())
            .setting("host", to: "127.0.0.1").setting("port", to: "\(port)")

        let clock = ContinuousClock()
        let start = clock.now
        let error = try await #require(throws: PostgresError.self) {
            try await Connection.open(hole, options: SessionOptions(connectTimeout: .milliseconds(200)))
        }
        let ours = clock.now - start
        #expect(error.kind == .connection)
        #expect(
            error.message == "connection to server at \"127.0.0.1\", port \(port) failed: no answer within 0.2 seconds")
        #expect(ours >= .milliseconds(200) && ours < .seconds(5))

        let restart = clock.now
        await #expect(throws: PostgresError.self) {
            try await Connection.open(hole.setting("connect_timeout", to: "1"))
        }
        let theirs = clock.now - restart
        #expect(theirs >= .seconds(1) && theirs < .seconds(5))

        let both = hole.setting("host", to: "127.0.0.1,\(cluster.folder)").setting("port", to: "\(port),5432")
        let connection = try await Connection.open(both, options: SessionOptions(connectTimeout: .seconds(1)))
        #expect(connection.server.host == cluster.folder)
    }

    @Test func endsWhenItsTaskIsCancelled() async throws {
        let (listener, port) = try listenOnLocalhost(backlog: 8)
        defer { close(listener) }
        let info = try ConnectionInfo(parsing: "host=127.0.0.1 port=\(port) user=x connect_timeout=0")
        let opening = Task { _ = try await Connection.open(info) }
        // The first packet of libpq has arrived: it now waits for an answer that never comes.
        let client = try await onOwnThread { accept(listener, nil, nil) }
        defer { close(client) }
        opening.cancel()
        let error = try await #require(throws: PostgresError.self) { try await opening.value }
        #expect(error.kind == .cancelled)
    }

    @Test func aSlowResolverIsGivenUpAndBlocksNobody() async throws {
        let cluster = try await Cluster.shared(.v15)
        let info = try ConnectionInfo(parsing: cluster.conninfo())
        let release = DispatchSemaphore(value: 0)
        defer { release.signal() }
        var options = SessionOptions(connectTimeout: .milliseconds(200))
        options.resolver = NameResolver { name in
            release.wait()
            release.signal()
            return .success(["127.0.0.1"])
        }
        let slow = options
        let failing = Task { try await Connection.open(info.setting("host", to: "slow.example"), options: slow) }
        // Another is opened meanwhile, and the same dialer goes on to its next host.
        await (try Connection.open(info)).close()
        var patient = options
        patient.connectTimeout = .seconds(1)
        let next = try await Connection.open(
            info.setting("host", to: "slow.example,\(cluster.folder)"), options: patient)
        #expect(next.server.host == cluster.folder)
        let error = try await #require(throws: PostgresError.self) { try await failing.value }
        #expect(error.kind == .connection)
        #expect(error.message == "host name \"slow.example\" did not resolve within 0.2 seconds")
    }

    /// An answer that comes while the next host is being tried must not be taken for that host's.
    @Test func aResolverThatAnswersTooLateDisturbsNobody() async throws {
        let cluster = try await Cluster.shared(.v15)
        let (listener, port) = try listenOnLocalhost(backlog: 8)
        defer { close(listener) }
        let release = DispatchSemaphore(value: 0)
        var options = SessionOptions(connectTimeout: .seconds(1))
        options.resolver = NameResolver { name in
            if name == "late.example" { release.wait() }
            return .success(["127.0.0.1"])
        }
        let info = try ConnectionInfo(parsing: cluster.conninfo())
            .setting("host", to: "late.example,silent.example,\(cluster.folder)")
            .setting("port", to: "1,\(port),5432")
        let opening = Task { [options] in try await Connection.open(info, options: options) }
        let client = try await onOwnThread { accept(listener, nil, nil) }
        defer { close(client) }
        release.signal()
        #expect(try await opening.value.server.host == cluster.folder)
    }

    @Test func everyAddressOfANameIsTried() async throws {
        try await TestDatabase.with(.v15) { database in
            let relay = try Relay(to: database.cluster.folder + "/.s.PGSQL.5432")
            defer { relay.close() }
            var options = SessionOptions()
            options.resolver = NameResolver { _ in .success(["127.0.0.2", "127.0.0.1"]) }
            let info = try database.info.setting("host", to: "db.example").setting("port", to: "\(relay.port)")
            let connection = try await Connection.open(info, options: options)
            #expect(connection.server.host == "db.example")
            relay.close()
            options.resolver = NameResolver { _ in .success(["127.0.0.2", "127.0.0.3"]) }
            let failing = options
            let error = try await #require(throws: PostgresError.self) {
                try await Connection.open(info, options: failing)
            }
            #expect(error.message.hasPrefix("none of the hosts can be used: "))
            #expect(error.message.contains("at \"db.example\" (127.0.0.2), port \(relay.port)"))
            #expect(error.message.contains("at \"db.example\" (127.0.0.3), port \(relay.port)"))
        }
    }

    @Test func aNameThatDoesNotResolveIsNamed() async throws {
        var options = SessionOptions()
        options.resolver = NameResolver { name in .failure(PostgresError(.connection, "no \(name)")) }
        let failing = options
        let error = try await #require(throws: PostgresError.self) {
            try await Connection.open(ConnectionInfo(parsing: "host=a.example,b.example user=x"), options: failing)
        }
        #expect(error.message == "none of the hosts can be used: no a.example; no b.example")
        guard case .failure(let real) = NameResolver.system.addresses("no-such-host.invalid") else {
            Issue.record("an invalid name resolves")
            return
        }
        #expect(real.message.hasPrefix("host name \"no-such-host.invalid\" does not resolve: "))
    }

    @Test func theRightOfSeveralHostsIsFound() async throws {
        let writable = try await Cluster.shared(.v15)
        let other = try await Cluster.private(.v15, configuration: ["default_transaction_read_only": "on"])
        let info = try ConnectionInfo(parsing: writable.conninfo())
        func host(_ hosts: String, _ attributes: String? = nil) async throws -> String {
            let target = info.setting("host", to: hosts)
            let connection = try await Connection.open(
                attributes.map { target.setting("target_session_attrs", to: $0) } ?? target)
            await connection.close()
            return connection.server.host
        }
        #expect(try await host("/nowhere,\(writable.folder)") == writable.folder)
        #expect(try await host("\(other.folder),\(writable.folder)") == other.folder)
        #expect(try await host("\(other.folder),\(writable.folder)", "read-write") == writable.folder)
        #expect(try await host("\(writable.folder),\(other.folder)", "read-only") == other.folder)
        // No standby among them: the first that can be used at all.
        #expect(try await host("/nowhere,\(other.folder),\(writable.folder)", "prefer-standby") == other.folder)
        let error = try await #require(throws: PostgresError.self) { try await host("\(other.folder)", "read-write") }
        #expect(error.message.contains("session is read-only"))

        try await other.stop(.fast)
        try #require(createEmptyFile(other.folder + "/data/standby.signal"))
        try await other.start()
        #expect(try await host("\(writable.folder),\(other.folder)", "prefer-standby") == other.folder)
        #expect(try await host("\(other.folder),\(writable.folder)", "primary") == writable.folder)
        #expect(try await host("/nowhere,\(writable.folder)", "prefer-standby") == writable.folder)
        try await other.destroy()
    }

    /// As in libpq: it has been reached, so what it says of the database holds for all.
    @Test func aServerThatRefusesTheSessionEndsTheSearch() async throws {
        let cluster = try await Cluster.shared(.v15)
        let info = try ConnectionInfo(parsing: cluster.conninfo(database: "no such"))
            .setting("host", to: "\(cluster.folder),/nowhere")
        let error = try await #require(throws: PostgresError.self) { try await Connection.open(info) }
        #expect(error.sqlState == .invalidCatalogName)
        #expect(!error.message.contains("/nowhere"))
    }
}

private func connectWithoutWaiting(_ port: Int) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    return descriptor
}

private func createEmptyFile(_ path: String) -> Bool {
    let descriptor = creat(path, 0o644)
    guard descriptor >= 0 else { return false }
    return close(descriptor) == 0
}
