import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// What is in the way, and what the caller says is to become of it.
@Suite("What is in the way of a repair")
struct AsideTests {
    private static func leftovers(_ database: TestDatabase) async throws -> [SchemaLeftover] {
        let verification = try await SchemaVerifier(conninfo: database.conninfo(), applicationName: "pgtend test")
            .verify()
        return SchemaLeftover.all(in: verification)
    }

    private static func closed(
        _ repair: SchemaRepair, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SchemaDiagnosis {
        #expect(try await repair.plan().plan.refusals == [], sourceLocation: sourceLocation)
        let after = try await repair.run(begun: { _ in }, done: { _, _ in })
        #expect(
            after.verification.gap.isClosed, "\(after.verification.gap) \(after.plan.refusals)",
            sourceLocation: sourceLocation)
        return after
    }

    // MARK: - Views

    private static let viewForTable = """
        SET client_min_messages = error;
        INSERT INTO mcp.agents (id, tenant_id, name, type)
        SELECT md5('agent' || n)::uuid, md5('tenant' || n % 3)::uuid, 'agent ' || n, 'chat' FROM generate_series(1, 20) AS n;
        CREATE TABLE mcp.agent_configurations AS
        SELECT id, tenant_id, name AS label, type AS kind, n::integer AS priority
        FROM mcp.agents CROSS JOIN LATERAL (SELECT 3) AS p (n);
        DROP TABLE mcp.agents;
        CREATE VIEW mcp.agents AS SELECT id, tenant_id, label, kind AS type, priority FROM mcp.agent_configurations;
        ALTER TABLE mcp.agent_configurations ADD CONSTRAINT agents_pkey PRIMARY KEY (id);
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aViewInThePlaceOfATableGivesItItsRows(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.viewForTable)
            let owner = "holder_\(database.name)"
            try await database.psql(
                "CREATE ROLE \(owner); GRANT USAGE, CREATE ON SCHEMA mcp TO \(owner); ALTER VIEW mcp.agents OWNER TO \(owner); "
                    + "ALTER TABLE mcp.agent_configurations OWNER TO \(owner); REVOKE CREATE ON SCHEMA mcp FROM \(owner)"
            )
            let refusals = try await database.repairing(trusting: [owner]).plan().plan.refusals
            let taken = try #require(refusals.first { $0.object == CatalogObject(.table, "agents") })
            #expect(
                taken.option?.contains("--replace agents") == true
                    && taken.option?.contains("--set-aside agents") == true, "\(taken)")

            // A source that is not there would leave the rows with what nobody has said.
            let misspelt = try await database.repairing(
                columns: ["agents.name=lable"], replacing: ["agents"], trusting: [owner]
            ).plan().plan.refusals
            #expect(
                misspelt.contains { $0.reason.contains("lable so far, and there is no such column") }, "\(misspelt)")
            // Another role would see other rows, or more than the view's owner may.
            for (hidden, shown) in [
                (
                    "ALTER TABLE mcp.agent_configurations ENABLE ROW LEVEL SECURITY",
                    "ALTER TABLE mcp.agent_configurations DISABLE ROW LEVEL SECURITY"
                ),
                (
                    "ALTER TABLE mcp.agent_configurations OWNER TO postgres",
                    "ALTER TABLE mcp.agent_configurations OWNER TO \(owner)"
                ),
            ] {
                try await database.psql(hidden)
                let refusals = try await database.repairing(replacing: ["agents"], trusting: [owner]).plan().plan
                    .refusals
                #expect(refusals.contains { $0.reason.contains("would see other rows, since it reads") }, "\(refusals)")
                try await database.psql(shown)
            }

            let unnamed = try await database.repairing(replacing: ["agents"], trusting: [owner]).plan().plan.refusals
            #expect(unnamed.contains { $0.object.name == "name" && $0.cure.contains("--column 'agents.name=SOURCE'") })
            #expect(
                unnamed.contains { $0.reason.contains("taken") && $0.option == "--set-aside agent_configurations" }
            )
            try await database.psql("ALTER TABLE mcp.agent_configurations RENAME CONSTRAINT agents_pkey TO mine")

            let repair = database.repairing(columns: ["agents.name=label"], replacing: ["agents"], trusting: [owner])
            let plan = try await repair.plan().plan
            #expect(
                plan.notes.contains {
                    $0.contains("each column from the one behind it: ") && $0.contains("name (label)")
                        && $0.contains("FROM mcp.agent_configurations")
                }, "\(plan.notes)")
            _ = try await Self.closed(repair)
            #expect(try await database.psql("SELECT pg_has_role('\(owner)', 'mcp_application', 'MEMBER')") == "t")
            #expect(
                try await database.psql(
                    "SELECT count(*), count(*) FILTER (WHERE a.name = c.label AND a.type = c.kind AND a.tenant_id = c.tenant_id) "
                        + "FROM mcp.agents AS a JOIN mcp.agent_configurations AS c USING (id)") == "20|20")
            let left = try await Self.leftovers(database)
            #expect(left.map(\.object.name) == ["pgtend_old_agents"])
            for leftover in left { try await database.psql(leftover.statement) }
            // The same words once more, when what was set aside is gone.
            let again = try await repair.plan().plan
            #expect(again.steps == [] && again.refusals == [], "\(again)")
            try await database.psql("DROP TABLE mcp.agent_configurations")
            #expect(try await Self.leftovers(database) == [])
            try await database.psql("DROP OWNED BY \(owner); DROP ROLE \(owner)")
        }
    }

    /// Its text makes it anew, whatever is called otherwise by now.
    @Test func aViewThatReadsAConvertedColumnIsSetAsideAndCanBeMadeAnew() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                "CREATE VIEW mcp.states AS SELECT status, count(*) AS tasks FROM mcp.tasks GROUP BY status;"
                    + "CREATE VIEW mcp.states_above AS SELECT * FROM mcp.states")
            let before = try await database.psql("SELECT status, tasks FROM mcp.states ORDER BY status COLLATE \"C\"")
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(refusals.contains { $0.option == "--set-aside VIEW for each" }, "\(refusals)")
            let half = try await database.repairing(settingAside: ["states"]).plan().plan.refusals
            #expect(
                half.map(\.reason) == ["the view mcp.states_above goes on with the old one, when that is set aside"])

            _ = try await Self.closed(database.repairing(settingAside: ["states", "states_above"]))
            let left = try await Self.leftovers(database).filter { $0.object.kind == .view }
            #expect(left.map(\.object.name) == ["pgtend_aside_states", "pgtend_aside_states_above"])
            for leftover in left {
                let text = try #require(leftover.purpose.firstRange(of: "CREATE VIEW"))
                try await database.psql(String(leftover.purpose[text.lowerBound...]))
            }
            let after = try await database.psql(
                "SELECT status, tasks FROM mcp.states_above ORDER BY status::text COLLATE \"C\"")
            #expect(after == before)
        }
    }

    // MARK: - Tables

    private static let otherMeaning = """
        SET client_min_messages = error;
        DROP TABLE mcp.embedding_statistics CASCADE;
        CREATE TABLE mcp.embedding_statistics (collection_id uuid, documents integer, CONSTRAINT embedding_statistics_pkey PRIMARY KEY (collection_id));
        INSERT INTO mcp.embedding_statistics SELECT gen_random_uuid(), n FROM generate_series(1, 7) AS n;
        CREATE TRIGGER touched BEFORE UPDATE ON mcp.embedding_statistics
            FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
        ALTER TABLE mcp.embedding_statistics OWNER TO mcp_owner;
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aTableOfAnotherMeaningIsSetAsideWithItsRows(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.otherMeaning)
            let repair = database.repairing(settingAside: ["embedding_statistics"])
            _ = try await Self.closed(repair)
            #expect(
                try await database.psql(
                    "SELECT count(*), sum(documents), (SELECT count(*) FROM mcp.embedding_statistics) "
                        + "FROM mcp.pgtend_aside_embedding_statistics") == "7|28|0")
            // The schema's own is not set aside by the same words.
            try await database.psql(
                "INSERT INTO mcp.embedding_statistics (tenant_id) VALUES (gen_random_uuid())")
            let again = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(again.plan.steps == [] && again.plan.notes.contains { $0.contains("it has been set aside") })
            #expect(try await database.psql("SELECT count(*) FROM mcp.embedding_statistics") == "1")
            let left = try await Self.leftovers(database)
            #expect(left.map(\.purpose).allSatisfy { $0.contains("nothing has copied its rows") } && left.count == 1)
            for leftover in left { try await database.psql(leftover.statement) }
        }
    }

    /// What the plan says of its rows is done, and by nothing but that.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aTableThatIsTooLargeToBeCopiedAtOnceIsSetAsideAndCopiedInPieces(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await DriftedDatabase.load(into: database, rows: 300, [.vectors, .unpartitionedTasks])
            try await KeptRows.keep(database)
            let hasty = LockBudget(perStep: .milliseconds(2), perTableAndHour: .seconds(1))
            let refusal = try #require(
                try await database.repairing(locks: hasty).plan().plan.refusals.first { $0.object.name == "tasks" })
            #expect(refusal.cure.contains("--set-aside tasks"))
            let plan = try await database.repairing(settingAside: ["tasks"], locks: hasty).plan().plan
            #expect(!plan.refusals.contains { $0.object.name == "tasks" }, "\(plan.refusals)")
            let note = try #require(plan.notes.first { $0.hasPrefix("tasks: to copy the rows that are set aside") })
            let statement = String(note[try #require(note.firstRange(of: "INSERT INTO")).lowerBound...])

            _ = try await Self.closed(database.repairing(settingAside: ["tasks"]))
            #expect(try await database.psql("SELECT count(*) FROM mcp.tasks") == "0")
            for half in ["< '8'", ">= '8'"] { try await database.psql("\(statement) WHERE r.id::text \(half)") }
            #expect(
                try await database.psql(
                    """
                    SELECT count(*), count(DISTINCT t.tableoid),
                        count(*) FILTER (WHERE (t.title, t.created_at, t.status::text) = (o.title, o.created_at, o.status::text))
                    FROM mcp.tasks AS t JOIN mcp.pgtend_aside_tasks AS o USING (id)
                    """
                ).hasPrefix("300|"))
            let losses = try await KeptRows.losses(database)
            // The audit trail has what was copied.
            #expect(losses == "audit_log|new|300")
            let verification = try await SchemaVerifier(conninfo: database.conninfo(), applicationName: "pgtend test")
                .verify()
            #expect(verification.gap.isClosed, "\(verification.gap)")
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aPrimaryKeyOfOtherColumnsIsNoDeadEnd(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                INSERT INTO mcp.task_idempotency_keys (tenant_id, idempotency_key, operation)
                SELECT md5('t')::uuid, 'key ' || n, 'update' FROM generate_series(1, 9) AS n;
                ALTER TABLE mcp.task_idempotency_keys DROP CONSTRAINT task_idempotency_keys_pkey, ADD COLUMN note text NOT NULL DEFAULT 'mine',
                    ADD CONSTRAINT task_idempotency_keys_pkey PRIMARY KEY (idempotency_key);
                """)
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(refusals.map(\.object.name) == ["task_idempotency_keys_pkey"])
            #expect(refusals.allSatisfy { $0.option?.contains("--replace task_idempotency_keys") == true })
            // A key is not dropped alone.
            let key = "task_idempotency_keys.task_idempotency_keys_pkey"
            let dropping = try await database.repairing(dropping: [key]).plan().plan
            #expect(dropping.refusals.count == 1 && dropping.notes.contains { $0.contains("--drop \(key)") })
            _ = try await Self.closed(database.repairing(replacing: ["task_idempotency_keys"]))
            #expect(
                try await database.psql(
                    "SELECT count(*), min(note), (SELECT count(*) FROM mcp.pgtend_old_task_idempotency_keys) "
                        + "FROM mcp.task_idempotency_keys") == "9|mine|9")
        }
    }

    // MARK: - Parts

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func partsThatAreRefusedAreDroppedByName(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                CREATE POLICY everybody ON mcp.tasks FOR SELECT USING (true);
                ALTER TABLE mcp.workflows ALTER COLUMN created_by TYPE uuid USING NULL,
                    ADD CONSTRAINT by_whom FOREIGN KEY (created_by) REFERENCES mcp.users (id);
                CREATE TABLE mcp.others (updated_at timestamptz);
                CREATE TRIGGER touched BEFORE UPDATE ON mcp.others FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
                """)
            let names = ["tasks.everybody", "workflows.by_whom", "others.touched"]
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(refusals.count == names.count, "\(refusals)")
            #expect(refusals.allSatisfy { $0.option?.contains("--drop ") == true })
            let plan = try await database.repairing(dropping: names).plan().plan
            #expect(plan.steps.contains { $0.purpose.contains("as the caller says: AS PERMISSIVE FOR SELECT") })
            _ = try await Self.closed(database.repairing(dropping: names))
            // What the schema has is not dropped.
            let own = try await database.repairing(dropping: ["tasks.tenant_isolation", "tasks.tasks_updated_at"])
                .plan().plan
            #expect(own.steps == [] && own.notes.count(where: { $0.contains("but for what the schema has") }) == 2)
        }
    }

    @Test func whatIsNamedHasToFitTheSchema() {
        #expect(
            RepairChoices.problems(
                replaced: ["tasks", "nope"], setAside: ["tasks", "pgtend_old_x", "others"], dropped: ["a.b", "a", ".b"])
                == [
                    "--replace 'nope': the schema has no such table",
                    "--set-aside 'tasks': it is to be replaced, which keeps it under another name as well",
                    "--set-aside 'pgtend_old_x': it has been set aside", "--drop 'a': expected TABLE.NAME",
                    "--drop '.b': expected TABLE.NAME",
                ])
    }

    // MARK: - Columns

    /// Statistics of columns alone run nothing; what was generated keeps its values; what only a person can tell is told by
    /// mappings, for each value.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func whatStandsInNoWayIsDone(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                CREATE STATISTICS mcp.together ON status, priority FROM mcp.tasks;
                ALTER TABLE mcp.models ALTER COLUMN capabilities DROP DEFAULT,
                    ALTER COLUMN capabilities TYPE text[] USING '{}'::text[];
                INSERT INTO mcp.models (provider, name, capabilities) VALUES ('p', 'm', ARRAY['chat', 'it''s']);
                INSERT INTO mcp.embeddings (tenant_id, content) VALUES (md5('t')::uuid, 'a text');
                ALTER TABLE mcp.embeddings DROP COLUMN content_hash CASCADE,
                    ADD COLUMN content_hash varchar(64) GENERATED ALWAYS AS (md5(content)) STORED;
                INSERT INTO mcp.contexts (id, tenant_id, model_id) VALUES (md5('c')::uuid, md5('t')::uuid, md5('m')::uuid);
                ALTER TABLE mcp.contexts ALTER COLUMN model_id TYPE text;
                UPDATE mcp.contexts SET model_id = 'default';
                """)
            let refusals = try await database.repairing().plan().plan.refusals
            let unsaid = ["contexts.model_id", "models.capabilities"]
            #expect(
                refusals.map(\.option) == unsaid.map { "--map '\($0):OLD=NEW' for each" },
                "\(refusals)")
            let repair = database.repairing([
                "contexts.model_id:default=11111111-1111-1111-1111-111111111111",
                #"models.capabilities:{chat,it's}={"chat": true}"#,
            ])
            #expect(try await repair.plan().plan.notes.contains { $0.contains("content_hash keeps its values") })
            _ = try await Self.closed(repair)
            #expect(
                try await database.psql(
                    """
                    SELECT capabilities, pgtend_old_capabilities FROM mcp.models;
                    SELECT content_hash = md5('a text') FROM mcp.embeddings;
                    SELECT model_id, pgtend_old_model_id FROM mcp.contexts
                    """)
                    == #"{"chat": true}|{chat,it's}"# + "\nt\n11111111-1111-1111-1111-111111111111|default")
        }
    }
}
