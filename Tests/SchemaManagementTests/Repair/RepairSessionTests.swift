import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import SchemaManagement

/// What the database says of each session, and a second session beside the first.
@Suite("Sessions of a repair")
struct RepairSessionTests {
    private static func set(_ setting: String, in database: TestDatabase) async throws {
        try await database.psql("ALTER DATABASE \"\(database.name)\" SET \(setting)")
    }

    @Test func triggersThatDoNotFireAreRefused() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await Self.set("session_replication_role = replica", in: database)
            try await database.psql("ALTER TABLE mcp.tasks ALTER COLUMN title DROP NOT NULL")
            let refusals = try await database.repair().plan.refusals
            #expect(
                refusals.map(\.reason) == ["triggers do not fire in this session: session_replication_role: replica"])
        }
    }

    @Test func quotedIdentifiersAreNoGap() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await Self.set("quote_all_identifiers = on", in: database)
            let plan = try await database.repairing().plan()
            #expect(plan.verification.gap.isClosed && plan.plan.refusals == [], "\(plan.verification.gap)")
        }
    }

    /// The first builds an index CONCURRENTLY, which waits for whoever has a snapshot.
    @Test func aSecondOneWaitsWithoutASnapshot() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql("DROP INDEX mcp.embeddings_tenant_hash_idx")
            let writer = try await database.connect(as: "writer")
            try await writer.script(unsafe: "BEGIN; LOCK TABLE mcp.embeddings IN ROW EXCLUSIVE MODE")
            async let first = database.repair()
            try await database.wait(
                until: "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
                    + "AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock')")
            async let second = Self.repairOnceFree(database)
            try await database.wait(
                until: "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    + "AND application_name = 'pgtend test') = 3")
            #expect(
                try await database.psql(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        + "AND wait_event = 'advisory'") == "0")
            try await writer.script(unsafe: "COMMIT")
            #expect(try await first.verification.gap.isClosed)
            #expect(try await second.verification.gap.isClosed)
            await writer.close()
        }
    }

    /// The first index waits for a writer, in one session; the lock against other commands is another session's.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func endsWithTheSessionThatHoldsItsLock(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql("DROP INDEX mcp.embeddings_tenant_hash_idx, mcp.users_email_idx")
            let writer = try await database.connect(as: "writer")
            try await writer.script(
                unsafe: "BEGIN; LOCK TABLE mcp.embeddings, mcp.users IN ROW EXCLUSIVE MODE")
            let repair = Task { try await database.repair() }
            try await database.wait(
                until: "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
                    + "AND query LIKE 'CREATE %INDEX CONCURRENTLY%' AND wait_event_type = 'Lock')")
            try await database.psql(
                """
                SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
                WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.granted
                    AND a.application_name = 'pgtend test'
                """)
            try await writer.script(unsafe: "COMMIT")
            let failure = try await #require(throws: ServerFailure.self) { try await repair.value }
            #expect(failure.failureClass == .connection, "\(failure)")
            #expect(failure.message.contains("the session that holds the lock against other commands was lost"))
            // The one that was waiting is built, and no other.
            #expect(try await SchemaVerifierTests.gap(database).missing.count == 1)
            #expect(try await database.psql("SELECT count(*) FROM pgtend.schema_steps") == "0")
            #expect(try await database.repair().verification.gap.isClosed)
            await writer.close()
        }
    }

    /// As the refusal's cure says: where the first takes longer than a second one waits, that is run again.
    private static func repairOnceFree(_ database: TestDatabase) async throws -> SchemaDiagnosis {
        for _ in 1...30 {
            do {
                return try await database.repair()
            } catch let failure as ServerFailure where failure.failureClass == .lockNotAvailable {
                continue
            }
        }
        return try await database.repair()
    }
}
