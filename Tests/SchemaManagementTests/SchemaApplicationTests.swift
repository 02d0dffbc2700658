import EmbeddedSQL
import Foundation
import Maintenance
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

@Suite("Applying the schema to whatever is there")
struct SchemaApplicationTests {
    private static let recorded =
        "SELECT string_agg(number || ' ' || name, ',' ORDER BY number) FROM pgtend.schema_migrations"
    private static let whole = EmbeddedSQL.migrations.map { "\($0.number) \($0.name)" }.joined(separator: ",")

    private static func application(_ database: TestDatabase, trusting trusted: [String] = []) -> SchemaApplication {
        SchemaApplication(
            conninfo: database.conninfo(), applicationName: "test", programVersion: "0", locks: LockBudget(),
            trusting: trusted)
    }

    private static func apply(
        _ database: TestDatabase, trusting trusted: [String] = []
    ) async throws -> SchemaApplication.Outcome {
        try await application(database, trusting: trusted).apply(progress: { _ in }, begun: { _ in }, done: { _, _ in })
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func installsInAnEmptyDatabaseAndThenHasNothingToDo(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            guard case .empty(let pending, let diagnosis) = try await Self.application(database).databaseState() else {
                Issue.record("not empty")
                return
            }
            #expect(diagnosis.plan.refusals == [] && diagnosis.missingPrivileges == [])
            #expect(pending.map(\.number) == EmbeddedSQL.migrations.map(\.number))
            guard case .installed(let applied, let after) = try await Self.apply(database) else {
                Issue.record("not installed")
                return
            }
            #expect(applied.schemaVersion == EmbeddedSQL.migrations.count)
            #expect(after.gap.isClosed)
            guard case .upToDate = try await Self.apply(database) else {
                Issue.record("not up to date")
                return
            }
        }
    }

    struct Obstacle: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// In an empty database, where the roles stand already.
        let sql: String
        /// Of the refusals; none where the migration sees to it.
        let cures: [String]
    }

    static let obstacles = [
        Obstacle(
            testDescription: "a membership in a role that reads everything",
            sql: "GRANT pg_read_all_data TO mcp_readonly",
            cures: [#"run: REVOKE pg_read_all_data FROM "mcp_readonly""#]),
        Obstacle(
            testDescription: "a membership in a superuser",
            sql: "CREATE ROLE su SUPERUSER; GRANT su TO mcp_readonly",
            cures: [#"run: REVOKE su FROM "mcp_readonly""#]),
        Obstacle(
            testDescription: "an attribute", sql: "ALTER ROLE mcp_application BYPASSRLS",
            cures: [#"run: ALTER ROLE "mcp_application" NOBYPASSRLS"#]),
        Obstacle(
            testDescription: "a right with its grant option",
            sql: "CREATE SCHEMA mcp; GRANT USAGE ON SCHEMA mcp TO mcp_application, mcp_readonly WITH GRANT OPTION",
            cures: []),
        Obstacle(
            testDescription: "somebody else's function of the name of one of pg_trgm's",
            sql: "CREATE ROLE eve; GRANT CREATE ON SCHEMA public TO eve; SET ROLE eve; "
                + "CREATE FUNCTION public.show_limit() RETURNS real LANGUAGE sql AS 'SELECT 1::real'",
            cures: []),
        Obstacle(
            testDescription: "a right that was passed on",
            sql: "CREATE SCHEMA mcp; GRANT USAGE ON SCHEMA mcp TO mcp_application WITH GRANT OPTION; "
                + "SET ROLE mcp_application; GRANT USAGE ON SCHEMA mcp TO PUBLIC",
            cures: [
                #"REVOKE GRANT OPTION FOR ALL ON SCHEMA "mcp" FROM mcp_application CASCADE; then repeat the command"#
            ]),
    ]

    /// Roles are the cluster's: no other test may see it.
    @Test(arguments: obstacles)
    func leavesNothingForVerifyToFind(obstacle: Obstacle) async throws {
        let cluster = try await Cluster.private(.v18)
        try await TestDatabase.with(cluster) { database in
            try await database.psql(
                "CREATE ROLE mcp_owner; CREATE ROLE mcp_application; CREATE ROLE mcp_readonly; \(obstacle.sql)")
            if !obstacle.cures.isEmpty {
                let before = try await database.dump()
                guard case .refused(let refusals) = try await Self.apply(database) else {
                    Issue.record("not refused")
                    return
                }
                #expect(Set(refusals.map(\.cure)) == Set(obstacle.cures))
                #expect(try await database.repair().plan.refusals == refusals)
                #expect(try await database.dump() == before)
                for cure in obstacle.cures {
                    let statement = cure.components(separatedBy: "; then")[0].replacing("run: ", with: "")
                    try await database.psql(statement)
                }
            }
            guard case .installed(_, let after) = try await Self.apply(database) else {
                Issue.record("not installed")
                return
            }
            #expect(after.gap.isClosed, "\(after.gap)")
        }
        try await cluster.destroy()
    }

    /// As golang-migrate installs it: the same text, and a record of its own.
    @Test func takesOverWhatAnotherToolHasInstalled() async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            try await database.psql(GolangMigrate.table(dirty: false))
            guard case .whole(isRecorded: false) = try await Self.application(database).databaseState(),
                case .adopted = try await Self.apply(database)
            else {
                Issue.record("not adopted")
                return
            }
            #expect(try await database.psql(Self.recorded) == Self.whole)
            #expect(try await database.psql("SELECT * FROM public.schema_migrations") == "1|f")
        }
    }

    /// What an older release lacks comes with the very steps that were shown, and its rows stay.
    @Test func completesAnOlderOne() async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            guard case .adopted = try await Self.apply(database) else {
                Issue.record("not adopted")
                return
            }
            try await database.psql(
                """
                INSERT INTO mcp.embeddings (tenant_id, content) SELECT gen_random_uuid(), 'text ' || i
                    FROM generate_series(1, 500) AS i;
                ALTER TABLE mcp.embeddings DROP COLUMN cost_usd;
                DROP INDEX mcp.embeddings_tenant_hash_idx;
                DROP FUNCTION mcp.refresh_cost_analytics();
                DROP TABLE mcp.embedding_term_statistics;
                """)
            guard case .partial(let shown) = try await Self.application(database).databaseState() else {
                Issue.record("not partial")
                return
            }
            #expect(shown.plan.refusals.isEmpty)
            guard case .completed(let diagnosis) = try await Self.apply(database) else {
                Issue.record("not completed")
                return
            }
            #expect(diagnosis.verification.gap.isClosed, "\(diagnosis.verification.gap)")
            #expect(try await database.psql("SELECT count(*) FROM mcp.embeddings") == "500")
            let done = try await database.psql("SELECT count(*) FROM pgtend.schema_steps")
            #expect(done == "\(shown.plan.steps.count)")
        }
    }

    /// Nothing is changed that was not shown before, also where only rows lack something.
    @Test func showsWhatItDoesToRowsOfASchemaWithoutAGap() async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET session_replication_role = replica;
                INSERT INTO mcp.embeddings (tenant_id, content, embedding, model_dimensions)
                VALUES (gen_random_uuid(), 'text', array_fill(1::real, ARRAY[2]) || array_fill(0::real, ARRAY[4094]), 2);
                """)
            let begun = Atomic(0)
            let done = Atomic(0)
            let outcome = try await Self.application(database).apply { _ in
            } begun: { diagnosis in
                #expect(diagnosis.verification.gap.isClosed)
                begun.add(diagnosis.plan.steps.count, ordering: .relaxed)
            } done: { steps, _ in
                done.add(steps.count, ordering: .relaxed)
            }
            guard case .completed(let after) = outcome else {
                Issue.record("not completed: \(outcome)")
                return
            }
            #expect(after.plan.steps.isEmpty && after.verification.gap.isClosed)
            #expect(begun.load(ordering: .relaxed) > 0)
            #expect(begun.load(ordering: .relaxed) == done.load(ordering: .relaxed))
            #expect(try await database.psql(Self.recorded) == Self.whole)
        }
    }

    // MARK: - Refusals

    private static func refusal(_ database: TestDatabase) async -> ServerFailure? {
        await ServerFailure.of { _ = try await apply(database) }
    }

    /// From 15 on schema public, in which the extensions go, belongs to whoever owns the database.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func buildsNothingThatTheNextCallRefuses(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let role = "role_\(database.name)"
            try await database.psql("CREATE ROLE \(role); ALTER DATABASE \(database.name) OWNER TO \(role)")
            let failure = try await #require(Self.refusal(database))
            #expect(failure.failureClass == .refused && failure.message.contains("\(role) has schema public"))
            for way in ["--trust \(role)", "ALTER SCHEMA public OWNER TO", "ALTER DATABASE ... OWNER TO"] {
                #expect(failure.cure?.description.contains(way) == true, "\(failure)")
            }
            #expect(try await database.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")

            guard case .installed(_, let after) = try await Self.apply(database, trusting: [role]),
                case .upToDate = try await Self.apply(database, trusting: [role])
            else {
                Issue.record("not installed")
                return
            }
            // Both extensions live there.
            let grants = after.gap.unknown.filter { $0.kind == .grant }.map(\.name)
            #expect(
                grants.contains("to \(role) as the owner of schema public, in which extension vector lives"),
                "\(grants)")
            try await database.psql("ALTER SCHEMA public OWNER TO postgres")
            guard case .upToDate = try await Self.apply(database) else {
                Issue.record("not up to date")
                return
            }
            try await database.psql("ALTER DATABASE \(database.name) OWNER TO postgres; DROP ROLE \(role)")
        }
    }

    @Test func leavesADirtyDatabaseToRepair() async throws {
        try await TestDatabase.with(.v15) { database in
            try await database.psql(GolangMigrate.table(dirty: true))
            let failure = try await #require(Self.refusal(database))
            #expect(failure.message.contains("public.schema_migrations is dirty"))
            #expect(failure.cure?.description.contains("pgtend schema repair --plan") == true)
            #expect(try await database.psql("SELECT * FROM public.schema_migrations") == "1|t")
            #expect(try await database.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")
        }
    }

    @Test func leavesWhatNobodyHasRecorded() async throws {
        try await TestDatabase.with(.v15) { database in
            try await database.psql("CREATE SCHEMA mcp; CREATE TABLE mcp.tasks (id integer)")
            let failure = try await #require(Self.refusal(database))
            #expect(failure.message.contains("stands here in part, with 1 tables"))
            #expect(failure.failureClass == .refused)
            #expect(try await database.psql("SELECT to_regnamespace('pgtend') IS NULL") == "t")
        }
    }

    @Test func leavesADatabaseOfANewerRelease() async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            _ = try await Self.apply(database)
            try await database.psql(
                "INSERT INTO pgtend.schema_migrations (number, name, checksum, pgtend_version) "
                    + "SELECT max(number) + 1, 'newer', min(checksum), '99' FROM pgtend.schema_migrations")
            let failure = try await #require(Self.refusal(database))
            #expect(failure.message.contains("newer"))
        }
    }

    @Test func doesNotTakeARecordForASchema() async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            _ = try await Self.apply(database)
            try await database.psql("DROP SCHEMA mcp CASCADE")
            let failure = try await #require(Self.refusal(database))
            #expect(failure.message.contains("none of it is there"))
            #expect(
                failure.failureClass == .refused && failure.cure?.description.contains("pgtend schema repair") == true)
        }
    }
}
