import Foundation
import TestSupport
import Testing

@testable import SchemaManagement

/// A few statements of each in a run of the tests. With `make test-repair` (PGTEND_TEST_REPAIR=durable) as many as there
/// are states that the server keeps: wherever a transaction begins, and whatever runs outside of one, `CREATE INDEX
/// CONCURRENTLY` above all. What is struck within a transaction leaves what stood before it. PGTEND_TEST_REPAIR may be
/// `all` or a number, too.
@Suite("Faults of the repair", .serialized)
struct RepairFaultTests {
    private static let wish = ProcessInfo.processInfo.environment["PGTEND_TEST_REPAIR"]
    private static let sample = wish.flatMap { Int($0) } ?? 6
    /// The statements wait for one another, not for a core.
    private static let workers = wish == nil ? 1 : 3

    @Test func aRepairThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        try await survives("a repair", of: DriftedDatabase.small) { database, folder in
            try await database.repair(through: folder)
        }
    }

    /// A table is replaced by one that is partitioned.
    @Test func aReplacementThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        try await survives("a replacement", of: Self.unpartitioned) { database, folder in
            try await database.repair(through: folder)
        }
    }

    /// The platform's own database, with all that its operator says of it.
    @Test func goingOverIsCompletedWhereverItIsKilled() async throws {
        try await survives(
            "going over", of: PlatformDatabase.small(.current), sampling: 1, leaving: "36|f",
            changing: "workspaces|current_documents|16\nworkspaces|current_storage_bytes|9"
        ) { database, folder in
            try await PlatformChoices.of(.current).repair(database, through: folder).run(
                begun: { _ in }, done: { _, _ in })
        }
    }

    private static let unpartitioned = Template("unpartitioned_tasks") { database in
        _ = try await SchemaInstaller(
            conninfo: database.conninfo(), applicationName: "pgtend test", programVersion: "1.2.3"
        ).apply()
        try await database.psql(
            GolangMigrate.table(dirty: true) + """
                CREATE TABLE mcp.flat (LIKE mcp.tasks INCLUDING DEFAULTS);
                INSERT INTO mcp.flat (tenant_id, title, created_at)
                SELECT gen_random_uuid(), 'task ' || i, timestamptz '2025-01-01 00:00:00+00' + i * interval '1 day'
                FROM generate_series(1, 300) AS i;
                ALTER TABLE mcp.task_delegations DROP CONSTRAINT task_delegations_task_id_task_created_at_fkey;
                DROP TABLE mcp.tasks;
                ALTER TABLE mcp.flat RENAME TO tasks;
                ALTER TABLE mcp.tasks OWNER TO mcp_owner;
                """)
    }

    /// What an older release lacks, in a database with rows: the same steps, begun by another command.
    @Test func anUpgradeThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        try await survives("an upgrade", of: Self.older) { database, folder in
            let application = SchemaApplication(
                conninfo: database.conninfo(through: folder), applicationName: "pgtend test", programVersion: "1.2.3",
                locks: TestDatabase.patientLocks)
            let outcome = try await application.apply(progress: { _ in }, begun: { _ in }, done: { _, _ in })
            if case .completed(let diagnosis) = outcome { return diagnosis }
            // It was struck when all was done.
            return try await database.repairing().plan()
        }
    }

    /// The steps of migrations that a database with rows has not had.
    @Test func aMigrationThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await survives(
            "two migrations", of: LaterMigrations.withRows, leaving: "3|f", changing: "models|is_active|20"
        ) { database, folder in
            let after = try await database.repairing(through: folder, release: release).run(
                begun: { _ in }, done: { _, _ in })
            if folder == nil {
                #expect(try await LaterMigrations.content(database) == (try await LaterMigrations.expectedContent))
                let steps = "SELECT count(*), count(DISTINCT (number, step)) FROM pgtend.migration_steps"
                #expect(try await database.psql(steps) == "9|9")
            }
            return after
        }
    }

    private static let older = Template("older_release") { database in
        _ = try await SchemaInstaller(
            conninfo: database.conninfo(), applicationName: "pgtend test", programVersion: "1.2.3"
        ).apply()
        try await database.psql(
            GolangMigrate.table(dirty: false) + """
                INSERT INTO mcp.embeddings (tenant_id, content)
                SELECT gen_random_uuid(), 'text ' || i FROM generate_series(1, 500) AS i;
                INSERT INTO mcp.tasks (tenant_id, type, title)
                SELECT gen_random_uuid(), 'review', 'task ' || i FROM generate_series(1, 500) AS i;
                ALTER TABLE mcp.embeddings DROP COLUMN term_frequencies CASCADE, DROP COLUMN cost_usd;
                DROP INDEX mcp.embeddings_tenant_hash_idx, mcp.tasks_list_idx;
                ALTER TABLE mcp.tasks ALTER COLUMN title DROP NOT NULL;
                DROP POLICY tenant_isolation ON mcp.tasks;
                DROP FUNCTION mcp.refresh_cost_analytics();
                DROP TABLE mcp.embedding_term_statistics;
                DROP MATERIALIZED VIEW mcp.agent_cost_analytics CASCADE;
                """)
    }

    /// - Parameter act: once through the relay's folder, once without it.
    private func survives(
        _ what: String, of template: Template, sampling count: Int = sample, leaving version: String = "1|f",
        changing values: String = "",
        _ act: @escaping @Sendable (TestDatabase, String?) async throws -> SchemaDiagnosis
    ) async throws {
        let cluster = try await Cluster.shared()
        let (statements, durable) = try await Self.withRelay(to: cluster) { relay in
            try await TestDatabase.with(cluster, template: template) { database in
                _ = try await act(database, relay.folder)
                return (relay.count, relay.durable)
            }
        }
        try #require(statements > 0 && !durable.isEmpty)
        var random = Seeded()
        let numbers =
            switch Self.wish {
            case "all": Array(1...statements)
            case "durable": durable
            default: Self.sample(count, of: statements, &random)
            }
        print(
            "\(statements) statements \(what), \(durable.count) that leave something, struck at \(numbers.count) of them (seed \(random.seed)): "
                + "\(numbers.prefix(20))")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workers {
                group.addTask {
                    try await Self.withRelay(to: cluster) { relay in
                        for (index, number) in numbers.enumerated() where index % Self.workers == worker {
                            try await Self.strike(at: number, by: relay, cluster, template, version, values, act)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func strike(
        at number: Int, by relay: StatementRelay, _ cluster: Cluster, _ template: Template, _ version: String,
        _ values: String, _ act: @Sendable (TestDatabase, String?) async throws -> SchemaDiagnosis
    ) async throws {
        try await TestDatabase.with(cluster, template: template) { database in
            try await KeptRows.keep(database)
            relay.strike(number % 3 == 0 ? .cutAfter : number % 3 == 1 ? .terminate : .cutBefore, at: number)
            do {
                _ = try await act(database, relay.folder)
                // A lock that has to be tried again is a statement more: the last ones may not come each time.
                #expect(relay.count < number && relay.count > number - 20, "statement \(number) struck nobody")
            } catch {
                #expect(relay.count >= number)
            }
            let unguarded = try await database.unguarded
            #expect(unguarded == "", "statement \(number)")
            let after = try await act(database, nil)
            #expect(after.plan.refusals == [], "statement \(number)")
            #expect(after.verification.gap.isClosed, "statement \(number): \(after.verification.gap)")
            let losses = try await KeptRows.losses(database, mapped: true)
            #expect(losses == values, "statement \(number)")
            #expect(try await database.leftovers == "", "statement \(number)")
            #expect(try await database.psql("SELECT version, dirty FROM public.schema_migrations") == version)
        }
    }

    private static func withRelay<Result>(
        to cluster: Cluster, _ body: (StatementRelay) async throws -> Result
    ) async throws -> Result {
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        return try await body(relay)
    }

    /// One in each of as many equal parts.
    private static func sample(_ count: Int, of statements: Int, _ random: inout Seeded) -> [Int] {
        let part = max(1, statements / max(1, count))
        return (0..<count).map { min(statements, $0 * part + Int.random(in: 1...part, using: &random)) }
    }

    @Test func anInstallationThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        let cluster = try await Cluster.shared()
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        let install = { (database: TestDatabase, folder: String?) in
            try await SchemaInstaller(
                conninfo: database.conninfo(through: folder), applicationName: "pgtend test",
                programVersion: "1.2.3"
            ).apply()
        }
        let statements = try await TestDatabase.with(cluster) { database in
            _ = try await install(database, relay.folder)
            return relay.count
        }
        try #require(statements > 0)
        print("\(statements) statements an installation, struck at each")
        for number in 1...statements {
            for strike in [StatementRelay.Strike.terminate, .cutAfter] {
                try await TestDatabase.with(cluster) { database in
                    relay.strike(strike, at: number)
                    // At the very end it may have been done already.
                    _ = try? await install(database, relay.folder)
                    #expect(relay.count >= number)
                    _ = try await install(database, nil)
                    let verification = try await SchemaVerifier(
                        conninfo: database.conninfo(), applicationName: "pgtend test"
                    ).verify()
                    #expect(verification.gap.isClosed, "\(strike) at statement \(number)")
                    #expect(try await database.psql("SELECT count(*) FROM pgtend.schema_migrations") == "1")
                }
            }
        }
    }
}

extension TestDatabase {
    /// Tables of tenants that a role of the application may use, and row-level security does not guard.
    fileprivate var unguarded: String {
        get async throws {
            try await psql(
                """
                SELECT c.relname, r.rolname FROM pg_class AS c
                JOIN pg_roles AS r ON r.rolname IN ('mcp_application', 'mcp_readonly')
                -- All tenants share the models, also where the platform notes one of them.
                WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
                    AND c.relname <> 'models'
                    AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
                    AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                """)
        }
    }

    /// What stands only while a repair is on its way.
    fileprivate var leftovers: String {
        get async throws {
            try await psql(
                """
                SELECT 'relation', c.relname FROM pg_class AS c
                WHERE c.relnamespace = 'mcp'::regnamespace AND c.relname LIKE 'pgtend%' AND c.relname !~ '^pgtend_(old|aside)_'
                UNION ALL
                SELECT 'function', p.proname FROM pg_proc AS p
                WHERE p.pronamespace = 'mcp'::regnamespace AND p.proname LIKE 'pgtend%'
                UNION ALL
                SELECT 'trigger', t.tgname FROM pg_trigger AS t WHERE t.tgname LIKE '%pgtend%'
                UNION ALL
                SELECT 'constraint', k.conname FROM pg_constraint AS k
                WHERE k.conname LIKE 'pgtend%' AND k.conname !~ '^pgtend_(old|aside)_'
                UNION ALL
                SELECT 'index', i.indexrelid::regclass::text FROM pg_index AS i WHERE NOT i.indisvalid
                """)
        }
    }
}
