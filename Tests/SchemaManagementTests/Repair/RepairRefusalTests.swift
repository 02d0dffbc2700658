import Foundation
import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

@Suite("Refusals of the repair")
struct RepairRefusalTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        let name: String
        let sql: String
        /// Words of the reason, with its counts.
        let reason: String
        var testDescription: String { name }
    }

    static let troubles = [
        Trouble(
            name: "an unmapped key type", sql: "UPDATE mcp.api_keys SET type = 'robot' WHERE type = 'gateway'",
            reason: "20 row(s): type has values that key_type may not have: 'robot' (20)"),
        Trouble(
            name: "a status that no type has",
            sql: "UPDATE mcp.tasks SET status = CASE WHEN retry_count = 0 THEN 'done' ELSE 'waiting' END "
                + "WHERE status IN ('completed', 'cancelled')",
            reason: "status has values that status may not have: 'done' ("),
        Trouble(
            name: "a title that is too long",
            sql: "UPDATE mcp.tasks SET title = repeat('long ', 101) WHERE title IN ('Task number 7', 'Task number 8')",
            reason: "2 row(s): title has values that are too long for character varying(500)"),
        Trouble(
            name: "a text that is no number",
            sql: "ALTER TABLE mcp.tasks ALTER COLUMN max_retries DROP DEFAULT, ALTER COLUMN max_retries TYPE text; "
                + "UPDATE mcp.tasks SET max_retries = CASE title WHEN 'Task number 7' THEN '8k' ELSE '' END "
                + "WHERE title IN ('Task number 7', 'Task number 8', 'Task number 9')",
            reason: "3 row(s): max_retries has values that are no integer: '' (2), '8k' (1)"),
        Trouble(
            name: "a child without a parent",
            sql: "ALTER TABLE mcp.context_items DROP CONSTRAINT context_items_context_id_fkey; "
                + "INSERT INTO mcp.context_items (context_id, type, content, sequence_number) "
                + "SELECT '00000000-0000-4000-8000-000000000007', 'message', 'lost', n FROM generate_series(1, 3) AS n",
            reason: "3 row(s): tenant_id cannot be told: 'context_id 00000000-0000-4000-8000-000000000007' (3)"),
        Trouble(
            name: "a row without a tenant",
            sql: "ALTER TABLE mcp.events ALTER COLUMN tenant_id DROP NOT NULL; "
                + "UPDATE mcp.events SET tenant_id = NULL WHERE payload = '{\"n\": 5}'",
            reason: "1 row(s): have no tenant_id, which must not be NULL"),
        Trouble(
            name: "several models for one triple", sql: severalModels,
            reason: "150 row(s): model_id cannot be told: 'openai/text-embedding-3-small/1536 has 2 models: "),
        Trouble(
            name: "a view on a converted column",
            sql: "CREATE VIEW mcp.v_open_tasks AS SELECT t.id FROM mcp.tasks AS t WHERE t.status = 'pending'",
            reason: "views read status, which has to change: 'mcp.v_open_tasks' (1)"),
        Trouble(
            name: "a value that a CHECK forbids",
            sql: "UPDATE mcp.embeddings SET magnitude = -1 WHERE content_index < 4",
            reason: "3 row(s): break the constraint CHECK ((magnitude >= "),
        Trouble(
            name: "another tenant's user",
            sql: "UPDATE mcp.api_keys SET tenant_id = gen_random_uuid() WHERE name = 'key 1'",
            reason: "1 row(s): refer to rows of users that are not there (FOREIGN KEY (tenant_id, user_id)"),
        Trouble(
            name: "a table where a view is", sql: "CREATE VIEW mcp.tenant_config AS SELECT 1 AS one",
            reason: "its name is taken by the view tenant_config"),
        Trouble(
            name: "a key twice",
            sql: "DROP INDEX mcp.idx_api_keys_hash; "
                + "UPDATE mcp.api_keys SET key_hash = 'same' WHERE name IN ('key 1', 'key 2', 'key 3')",
            reason: "3 row(s): have the same key_hash: 'same' (3)"),
        Trouble(
            name: "two names of one column that disagree",
            sql: "ALTER TABLE mcp.api_keys ADD key_type varchar(50) NOT NULL DEFAULT 'user'",
            reason: "80 row(s): type and key_type disagree (type/key_type): 'admin/user' (20), 'agent/user' (20), "
                + "'gateway/user' (20), 'service/user' (20)"),
        Trouble(
            name: "an unmapped key type beside the new column",
            sql: "ALTER TABLE mcp.api_keys ADD key_type varchar(50); "
                + "UPDATE mcp.api_keys SET type = 'robot' WHERE type = 'gateway'",
            reason: "20 row(s): type has values that key_type may not have: 'robot' (20)"),
        Trouble(
            name: "a CHECK that no new row meets",
            sql: "ALTER TABLE mcp.workflows ADD CONSTRAINT status_given CHECK (status IS NOT NULL)",
            reason: "CHECK ((status IS NOT NULL)) is about status, which has to change"),
        Trouble(
            name: "a CHECK on two columns",
            sql: "ALTER TABLE mcp.workflows ADD CONSTRAINT drafts CHECK (status <> 'draft' OR version < 1000)",
            reason: "is about status, which has to change"),
        Trouble(
            name: "a CHECK of one partition",
            sql: "ALTER TABLE mcp.tasks_2025_01 ADD CONSTRAINT no_more CHECK (status IS NOT NULL)",
            reason: "the constraint no_more of mcp.tasks_2025_01 uses status, which has to change"),
        Trouble(
            name: "a unique index on a converted column",
            sql: "CREATE UNIQUE INDEX one_each ON mcp.workflows (tenant_id, name, lower(status))",
            reason: "the unique index one_each of mcp.workflows uses status, which has to change, and would go on with"),
        Trouble(
            name: "a key on a renamed column",
            sql: "ALTER TABLE mcp.api_keys ADD CONSTRAINT one_name UNIQUE (tenant_id, type, name)",
            reason: "the constraint one_name of mcp.api_keys uses type, which has to change"),
        Trouble(
            name: "a trigger on a converted column", sql: foreignTrigger("UPDATE OF status"),
            reason: "the trigger foreign_trigger of mcp.workflows uses status, which has to change"),
        Trouble(
            name: "a trigger with a condition",
            sql: foreignTrigger("UPDATE", when: "WHEN (NEW.status <> OLD.status)"),
            reason: "the trigger foreign_trigger of mcp.workflows uses status, which has to change"),
        Trouble(
            name: "a trigger on a column whose type changes",
            sql: foreignTrigger("UPDATE OF title", on: "tasks"),
            reason: "the trigger foreign_trigger of mcp.tasks uses title, which has to change"),
        Trouble(
            name: "a trigger whose name goes on in another line",
            sql: foreignTrigger("UPDATE OF status").replacing(
                "TRIGGER foreign_trigger BEFORE", with: "TRIGGER \"a\nDROP TABLE mcp.users; --\" BEFORE"),
            reason: "the trigger a DROP TABLE mcp.users; -- of mcp.workflows uses status, which has to change"),
        Trouble(
            name: "another table's policy",
            sql: "CREATE POLICY open_only ON mcp.workflow_executions USING (workflow_id IN "
                + "(SELECT w.id FROM mcp.workflows AS w WHERE w.status = 'active'))",
            reason: "the policy open_only of mcp.workflow_executions uses status, which has to change"),
        Trouble(
            name: "a generated column",
            sql: "ALTER TABLE mcp.workflows ADD is_open boolean GENERATED ALWAYS AS (status <> 'archived') STORED",
            reason: "the generated column is_open of mcp.workflows uses status, which has to change"),
        Trouble(
            name: "a function that is parsed",
            sql: "CREATE FUNCTION mcp.open_workflows() RETURNS bigint LANGUAGE sql BEGIN ATOMIC "
                + "SELECT count(*) FROM mcp.workflows AS w WHERE w.status = 'active'; END",
            reason: "the function mcp.open_workflows() uses status, which has to change"),
        Trouble(
            name: "times of another zone",
            sql:
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Europe/Berlin''', current_database()); END $$",
            reason: "20 row(s): created_at is timestamp without time zone, and would be taken as UTC; but TimeZone is "
                + "'Europe/Berlin' here"),
        Trouble(
            name: "times of a zone whose name goes on in another line",
            sql: """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = %L', current_database(),
                    E'<Z\\nALTER ROLE eve SUPERUSER;-->0'); END $$
                """,
            reason: "but TimeZone is '<Z\nALTER ROLE eve SUPERUSER;-->0' here"),
    ]

    private static func foreignTrigger(_ event: String, on table: String = "workflows", when: String = "") -> String {
        """
        CREATE FUNCTION mcp.foreign_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER foreign_trigger BEFORE \(event) ON mcp.\(table) FOR EACH ROW \(when)
            EXECUTE FUNCTION mcp.foreign_trigger()
        """
    }

    static let severalModels = """
        CREATE TABLE mcp.embedding_models (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), provider varchar(50) NOT NULL,
            model_name varchar(100) NOT NULL, model_version varchar(50) NOT NULL DEFAULT '', dimensions integer NOT NULL);
        INSERT INTO mcp.embedding_models (id, provider, model_name, model_version, dimensions) VALUES
            ('00000000-0000-4000-8000-000000000001', 'openai', 'text-embedding-3-small', '1', 1536),
            ('00000000-0000-4000-8000-000000000002', 'openai', 'text-embedding-3-small', '2', 1536);
        """

    @Test(arguments: troubles)
    func changeNothingAndNameTheCounts(trouble: Trouble) async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(trouble.sql)
            try await expectRefusal(database, trouble.reason)
        }
    }

    /// A mapping to what the column may not have either, and one that is for another column.
    @Test func nameWhatIsAllowed() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                "UPDATE mcp.api_keys SET type = 'robot' WHERE type = 'gateway'; "
                    + "UPDATE mcp.tasks SET status = 'done' WHERE status = 'completed'")
            let plan = try await database.repairing(["api_keys.key_type:robot=bogus", "users.email:done=completed"])
                .plan()
                .plan
            let refusals = plan.refusals.filter { $0.reason.contains("may not have") }
            try #require(refusals.map(\.object.relation) == ["api_keys", "tasks"])
            #expect(refusals[0].reason.hasSuffix("may not have: 'robot=bogus' (20)"))
            #expect(refusals[0].cure.contains("(one of 'user', 'admin', 'agent', 'service', 'gateway'): --map"))
            #expect(refusals[1].cure.contains("(one of 'pending', "))
            #expect(plan.notes.contains("--map users.email:done=completed: nothing is to be mapped in that column"))
            #expect(!plan.notes.contains { $0.contains("--map api_keys") })
        }
    }

    @Test func concernRowsOfADefaultPartition() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await DriftedDatabase.vary(database, .defaultPartition)
            try await expectRefusal(
                database,
                "12 row(s): the DEFAULT partition tasks_rest has rows of months that need a partition of their own")
        }
    }

    /// What could not be asked is no absence of obstacles: only a question that names what does not exist is.
    @Test(arguments: [
        "undefined_table", "undefined_column", "undefined_function", "undefined_object", "invalid_schema_name",
    ])
    func areNotPassedOverWhereCodeSaysThatSomethingIsMissing(condition: String) async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                """
                CREATE FUNCTION mcp.silence(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN
                    IF pg_is_in_recovery() OR current_setting('mcp.quiet', true) IS NULL THEN RETURN true; END IF;
                    RAISE \(condition) USING MESSAGE = 'nothing to see here';
                END $$;
                CREATE INDEX silent ON mcp.api_keys ((mcp.silence(type))) WHERE mcp.silence('x');
                UPDATE mcp.api_keys SET type = 'robot' WHERE name = 'key 1';
                """)
            try await database.psql("ALTER DATABASE \(database.name) SET mcp.quiet = 'yes'")
            let failure = await ServerFailure.of { _ = try await database.repair() }
            #expect(failure?.message.contains("nothing to see here") == true, "\(String(describing: failure))")
            // It is not run as the superuser who has the table, but after the hand-over; nothing else is done then.
            let columns =
                "FROM pg_attribute WHERE attrelid = 'mcp.api_keys'::regclass AND attname IN ('type', 'key_type')"
            #expect(try await database.psql("SELECT string_agg(attname, ',') \(columns)") == "type")
        }
    }

    /// It is allowed, and makes no value one that the column may have.
    @Test func areNotEndedByAMappingOfAValueToItself() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql("UPDATE mcp.api_keys SET type = 'robot' WHERE name = 'key 1'")
            let plan = try await database.repairing(["api_keys.key_type:robot=robot", "admin=admin"]).plan().plan
            #expect(plan.refusals.contains { $0.reason.contains("'robot' (1)") }, "\(plan.refusals)")
            #expect(plan.refusals.count == 1, "\(plan.refusals)")
        }
    }

    /// A view would be read as whoever asks, with the code of the tables behind it.
    @Test func areNotAskedOfAViewInThePlaceOfATable() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                """
                CREATE SCHEMA app; ALTER TABLE mcp.api_keys DROP CONSTRAINT IF EXISTS api_keys_user_id_fkey;
                CREATE FUNCTION app.check_it() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN
                    IF current_setting('mcp.quiet', true) IS NOT NULL THEN RAISE 'was asked'; END IF;
                    RETURN true;
                END $$;
                ALTER TABLE mcp.users SET SCHEMA app; CREATE VIEW mcp.users AS SELECT * FROM app.users;
                CREATE INDEX ON app.users (id) WHERE app.check_it();
                """)
            try await database.psql("ALTER DATABASE \(database.name) SET mcp.quiet = 'yes'")
            let plan = try await database.repairing().plan().plan
            #expect(
                plan.refusals.contains { $0.reason.contains("its name is taken by the view users") }, "\(plan.refusals)"
            )
        }
    }

    private func expectRefusal(_ database: TestDatabase, _ reason: String) async throws {
        try await KeptRows.keep(database)
        let facts = try await database.facts()
        let diagnosis = try await database.repair()
        #expect(diagnosis.plan.refusals.contains { $0.reason.contains(reason) }, "\(diagnosis.plan.refusals)")
        #expect(diagnosis.plan.refusals.allSatisfy { !$0.cure.isEmpty })
        #expect(try await database.facts() == facts)
        #expect(try await KeptRows.losses(database) == "")
        #expect(try await database.psql("SELECT dirty FROM public.schema_migrations") == "t")
        #expect(try await database.psql("SELECT to_regnamespace('pgtend') IS NULL") == "t")
    }

    /// What the refusal says, done to the letter.
    @Test func endWhereTheirCureIsFollowed() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            for trouble in Self.troubles where trouble.reason.contains("which has to change") {
                if !trouble.reason.hasPrefix("views") { try await database.psql(trouble.sql.droppingFunction) }
            }
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(refusals.count >= 9)
            // The policy is refused once more for what it opens, with the same statement.
            for refusal in refusals where !refusal.cure.hasPrefix("run: ") {
                try await database.psql(refusal.cure.components(separatedBy: "; then repeat")[0])
            }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }

    @Test(arguments: [(1, "admin|20\nagent|20\ngateway|20\nservice|20\nuser|40"), (2, "user|120")])
    func endWhereOneOfTwoNamesIsTaken(part: Int, counts: String) async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql("ALTER TABLE mcp.api_keys ADD key_type varchar(50) NOT NULL DEFAULT 'user'")
            let refusal = try #require(try await database.repairing().plan().plan.refusals.first)
            let statement = refusal.cure.components(separatedBy: " is right by ")[part]
            try await database.psql(statement.components(separatedBy: "; ")[0])
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let query = "SELECT key_type, count(*) FROM mcp.api_keys GROUP BY 1 ORDER BY 1"
            #expect(try await database.psql(query) == counts)
        }
    }

    @Test(arguments: [false, true])
    func concernTheZoneOfTheOwnerToo(isUTC: Bool) async throws {
        try await TestDatabase.with { database in
            try await DriftedDatabase.load(into: database, rows: 20, [.vectors, .owner])
            let role = DriftedDatabase.owner(of: database)
            try await database.psql("ALTER ROLE \(role) SET timezone TO 'America/New_York'")
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(Set(refusals.map(\.object.relation)) == ["models", "agents", "workspaces"])
            let cures = refusals.map { $0.cure.components(separatedBy: "; ") }
            for cure in cures {
                // The zone, or UTC.
                let statement = cure[isUTC ? 1 : 0].components(separatedBy: ": ")[1]
                try await database.psql(statement)
            }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let shift = "SELECT min(created_at) - timestamptz '2025-01-01 00:37:11+00' FROM mcp.workspaces"
            #expect(try await database.psql(shift) == (isUTC ? "00:00:00" : "05:00:00"))
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// Also where an earlier call was killed behind it.
    @Test func leaveNoCheckThatRowsBreak() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                """
                ALTER TABLE mcp.events ALTER COLUMN tenant_id DROP NOT NULL;
                UPDATE mcp.events SET tenant_id = NULL WHERE payload = '{"n": 5}';
                ALTER TABLE mcp.events
                    ADD CONSTRAINT pgtend_not_null_tenant_id CHECK (tenant_id IS NOT NULL) NOT VALID;
                """)
            let diagnosis = try await database.repair()
            #expect(diagnosis.plan.refusals.map(\.object) == [CatalogObject(.column, "tenant_id", of: "events")])
            try await database.psql("UPDATE mcp.events SET source = 'seen'")
        }
    }

    /// The catalog is what it should be, and the rows are not.
    @Test func leaveTheFlagWhereRowsDisagree() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.repair()
            try await database.psql(
                """
                ALTER TABLE mcp.api_keys DROP COLUMN pgtend_old_type;
                ALTER TABLE mcp.api_keys ADD COLUMN type varchar(50);
                UPDATE mcp.api_keys SET type = CASE key_type WHEN 'agent' THEN 'admin' WHEN 'user' THEN 'standard' END;
                UPDATE public.schema_migrations SET dirty = true;
                """)
            let diagnosis = try await database.repair()
            #expect(diagnosis.verification.gap.isClosed && diagnosis.plan.refusals.count == 1)
            #expect(diagnosis.plan.refusals.allSatisfy { $0.reason.hasSuffix(": 'admin/agent' (20)") })
            #expect(try await database.psql("SELECT dirty FROM public.schema_migrations") == "t")
            try await database.psql("UPDATE mcp.api_keys SET type = key_type")
            let after = try await database.repair()
            #expect(after.plan.refusals == [] && after.plan.steps == [])
            #expect(try await database.psql("SELECT dirty FROM public.schema_migrations") == "f")
            #expect(try await database.psql("SELECT count(pgtend_old_type) FROM mcp.api_keys") == "120")
        }
    }

    /// As it is shown, it can be mapped; one that is cut says so.
    @Test func showALongValueWhole() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            let long = String(repeating: "long ", count: 30) + "status"
            try await database.psql(
                """
                ALTER TABLE mcp.tasks ALTER status TYPE text;
                UPDATE mcp.tasks SET status = CASE title WHEN 'Task number 7' THEN repeat('longer ', 100) ELSE '\(long)' END
                WHERE title IN ('Task number 7', 'Task number 8', 'Task number 9');
                """)
            let refusals = try await database.repairing().plan().plan.refusals
            try #require(refusals.count == 1)
            #expect(
                refusals[0].reason.contains("'\(long)' (2), '\(String(repeating: "longer ", count: 28))long...' (1)"))
            try await database.psql("UPDATE mcp.tasks SET status = 'failed' WHERE title = 'Task number 7'")
            let after = try await database.repair(["tasks.status:\(long)=completed"])
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let old = "SELECT count(*) FROM mcp.tasks WHERE status = 'completed' AND pgtend_old_status = '\(long)'"
            #expect(try await database.psql(old) == "2")
        }
    }

    @Test func endWhereTheCallerMapsTheValues() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                Self.severalModels + """
                    UPDATE mcp.api_keys SET type = 'robot' WHERE type = 'gateway';
                    UPDATE mcp.tasks SET status = 'done' WHERE status = 'completed';
                    """)
            let model = "00000000-0000-4000-8000-000000000002"
            let after = try await database.repair([
                "robot=agent", "tasks.status:done=completed",
                "embeddings.model_id:openai/text-embedding-3-small/1536=\(model)",
            ])
            #expect(after.plan.refusals == [])
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            #expect(
                try await database.psql(
                    """
                    SELECT (SELECT count(*) FROM mcp.api_keys WHERE key_type = 'agent'),
                        (SELECT count(*) FROM mcp.tasks WHERE status = 'completed' AND pgtend_old_status = 'done'),
                        (SELECT count(*) FROM mcp.embeddings WHERE model_id = '\(model)')
                    """) == "40|43|150")
        }
    }

    /// The servers here without pgvector; what is missing is named, and can be compared all the same.
    @Test(arguments: PostgresVersion.underTest.filter { !$0.hasPgvector })
    func nameThePackageOfPgvector(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await DriftedDatabase.load(into: database, rows: 20, [])
            let verification = try await SchemaVerifier(
                conninfo: database.conninfo(), applicationName: "pgtend test"
            ).verify()
            #expect(verification.gap.missing.contains(CatalogObject(.extension, "vector")))
            let diagnosis = try await database.repair()
            #expect(diagnosis.plan.refusals.contains { $0.cure.contains("postgresql-\(version.rawValue)-pgvector") })
            #expect(try await database.psql("SELECT to_regnamespace('pgtend') IS NULL") == "t")
        }
    }

    @Test func leaveTheFlagWhereSomethingIsLeft() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.repair()
            // What no step can decide.
            try await database.psql(
                """
                CREATE POLICY everybody ON mcp.agents USING (true);
                UPDATE public.schema_migrations SET dirty = true;
                """)
            let diagnosis = try await database.repair()
            #expect(!diagnosis.verification.gap.isClosed && diagnosis.plan.refusals.count == 1)
            #expect(try await database.psql("SELECT version, dirty FROM public.schema_migrations") == "1|t")
        }
    }
}

extension String {
    /// Several of the troubles make the same function.
    fileprivate var droppingFunction: String {
        "SET client_min_messages = error; DROP TRIGGER IF EXISTS foreign_trigger ON mcp.workflows; "
            + replacing("CREATE FUNCTION", with: "CREATE OR REPLACE FUNCTION")
    }
}
