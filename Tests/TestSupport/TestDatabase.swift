import Glibc
import PostgresClient
import Synchronization

/// A database of one test's own, dropped with whoever is still connected when the test is done.
package struct TestDatabase: Sendable {
    package let cluster: Cluster
    package let name: String

    /// Runs `body` with a fresh database of a shared cluster.
    ///
    /// - Parameters:
    ///   - name: for a test of names; by default a unique one.
    ///   - template: what it is cloned from; an empty database unless given.
    ///   - encoding: other than the cluster's.
    package static func with<Value>(
        _ version: PostgresVersion = .v18, named name: String? = nil, template: Template? = nil,
        encoding: String? = nil,
        isolation: isolated (any Actor)? = #isolation, _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        try await with(Cluster.shared(version), named: name, template: template, encoding: encoding, body)
    }

    /// Runs `body` with a fresh database of `cluster`.
    package static func with<Value>(
        _ cluster: Cluster, named name: String? = nil, template: Template? = nil, encoding: String? = nil,
        isolation: isolated (any Actor)? = #isolation, _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        let number = count.add(1, ordering: .relaxed).newValue
        let database = TestDatabase(cluster: cluster, name: name ?? "test_\(getpid())_\(number)")
        let source = if let template { try await cluster.template(template) } else { "template0" }
        try await database.create(from: source, encoding)
        let result: Value
        do {
            result = try await body(database)
        } catch {
            // The test's own failure is the one to see; a server that it stopped has no database to drop.
            do { try await database.drop() } catch let second { print("dropping \(database.name): \(second)") }
            throw error
        }
        try await database.drop()
        return result
    }

    private static let count = Atomic(0)

    init(cluster: Cluster, name: String) {
        self.cluster = cluster
        self.name = name
    }

    func create(from source: String, _ encoding: String? = nil) async throws {
        let other = encoding.map { " ENCODING '\($0)' LOCALE 'C'" } ?? ""
        try await cluster.execute(
            "CREATE DATABASE \(quoted(name)) TEMPLATE \(quoted(source)) STRATEGY wal_log\(other)")
    }

    private func drop() async throws {
        try await cluster.execute("DROP DATABASE \(quoted(name)) WITH (FORCE)")
    }

    private func quoted(_ identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// A connection string for libpq.
    package func conninfo(user: String = "postgres", _ parameters: [String: String] = [:]) -> String {
        cluster.conninfo(database: name, user: user, parameters)
    }

    /// A session of our client. Whoever does not close it leaves that to the end of the test.
    package func connect(
        user: String = "postgres", _ parameters: [String: String] = [:],
        options: SessionOptions = SessionOptions(applicationName: "test")
    ) async throws -> Connection {
        try await Connection.open(ConnectionInfo(parsing: conninfo(user: user, parameters)), options: options)
    }

    /// What PostgreSQL's own psql answers; see `Cluster.psql`.
    @discardableResult
    package func psql(_ sql: String, user: String = "postgres") async throws -> String {
        try await cluster.psql(sql, database: name, user: user)
    }

    /// Returns once somebody in this database waits for a lock: in others of the cluster other tests do.
    ///
    /// - Parameter mode: as `pg_locks` has it; nil for any.
    package func waitUntilALockIsAwaited(_ mode: String? = nil) async throws {
        try await wait(
            until: """
                EXISTS (SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
                    WHERE NOT l.granted AND a.datname = current_database()\(mode.map { " AND l.mode = '\($0)'" } ?? ""))
                """)
    }

    /// Returns once `condition` holds, an SQL expression over what other sessions show; the waiting is the server's.
    package func wait(until condition: String) async throws {
        try await psql(
            """
            DO $$ BEGIN
                FOR i IN 1..6000 LOOP
                    PERFORM pg_stat_clear_snapshot();
                    IF (\(condition)) THEN RETURN; END IF;
                    PERFORM pg_sleep(0.005);
                END LOOP;
                RAISE 'waited in vain';
            END $$
            """)
    }
}

extension TestDatabase {
    /// A session beside the program's.
    package func connect(user: String = "postgres", as application: String = "other") async throws -> Connection {
        try await Connection.open(
            ConnectionInfo(parsing: conninfo(user: user)), options: SessionOptions(applicationName: application))
    }
}
