import Foundation
import TestSupport
import Testing

/// What the owner of a part of the schema can do to an administrator who repairs it, applies it or takes it back: nothing
/// but hold up what is hers.
@Suite("A hostile owner of the schema", .serialized)
struct HostileSchemaTests {
    /// The database that her code waits in.
    enum Ground: Sendable {
        /// The drifted one, which all belongs to her.
        case hers
        /// The drifted one, of which a single table belongs to her.
        case oneTable(String)
        /// The whole schema with a gap, and she may act as the role that owns it.
        case installed
    }

    struct Attack: Sendable, CustomStringConvertible {
        let description: String
        let ground: Ground
        /// As the owner of what it is about.
        let sql: String
        /// The same work by a superuser outside of any sandbox: her code gets what it wants.
        let plain: String
        /// What `repair` says of it; empty where it does its work in spite of it.
        var refusal = "code of others could run with the rights of"
        /// Whether the administrator names her with `--trust`.
        var isTrusted = false
    }

    private static let fire = """
        CREATE FUNCTION mcp.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM app.steal(); RETURN NEW; END $$;
        """
    private static let touch = "UPDATE mcp.tasks SET title = title"

    private static let attacks = [
        Attack(
            description: "a predicate of an index, at planning", ground: .oneTable("tasks"),
            sql: "CREATE INDEX ON mcp.tasks (id) WHERE app.check_it()", plain: "EXPLAIN SELECT id FROM mcp.tasks"),
        Attack(
            description: "a predicate of an index in a schema that is all hers", ground: .hers,
            sql: "CREATE INDEX ON mcp.tasks (id) WHERE app.check_it()", plain: "EXPLAIN SELECT id FROM mcp.tasks"),
        Attack(
            description: "a trigger on one table", ground: .oneTable("agents"),
            sql: "\(fire) CREATE TRIGGER f BEFORE UPDATE ON mcp.agents FOR EACH ROW EXECUTE FUNCTION mcp.fire()",
            plain: "UPDATE mcp.agents SET name = name"),
        Attack(
            description: "a type with a CHECK", ground: .oneTable("agents"),
            sql: """
                CREATE DOMAIN app.word AS text CHECK (app.check_it());
                ALTER TABLE mcp.agents ADD COLUMN word app.word
                """, plain: "UPDATE mcp.agents SET word = 'x'::app.word"),
        // Named, her code still runs as the schema's own role alone.
        Attack(
            description: "a trigger in a schema that is all hers", ground: .hers,
            sql: "\(fire) CREATE TRIGGER f BEFORE UPDATE ON mcp.tasks FOR EACH ROW EXECUTE FUNCTION mcp.fire()",
            plain: touch, refusal: "", isTrusted: true),
        Attack(
            description: "a deferred trigger in a schema that is all hers", ground: .hers,
            sql: """
                \(fire) CREATE CONSTRAINT TRIGGER f AFTER UPDATE ON mcp.tasks DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION mcp.fire()
                """, plain: touch, refusal: "", isTrusted: true),
        Attack(
            description: "a trigger of golang-migrate's table", ground: .hers,
            sql: """
                \(fire.replacing("mcp.fire", with: "app.fire"))
                CREATE TRIGGER f BEFORE UPDATE ON public.schema_migrations FOR EACH ROW EXECUTE FUNCTION app.fire();
                CREATE INDEX ON public.schema_migrations (version) WHERE app.check_it()
                """, plain: "UPDATE public.schema_migrations SET dirty = dirty",
            refusal: "", isTrusted: true),
        Attack(
            description: "a function of the schema, by a member of its role", ground: .installed,
            sql: """
                CREATE OR REPLACE FUNCTION mcp.update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN NEW; END $$
                """, plain: touch, refusal: "", isTrusted: true),
        Attack(
            description: "a trigger, a CHECK and a predicate, by a member of its role", ground: .installed,
            sql: """
                \(fire) CREATE TRIGGER f BEFORE UPDATE ON mcp.tasks FOR EACH ROW EXECUTE FUNCTION mcp.fire();
                CREATE FUNCTION mcp.is_fine() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.steal(); RETURN true; END $$;
                ALTER TABLE mcp.tasks ADD CHECK (mcp.is_fine());
                CREATE INDEX ON mcp.tasks (id) WHERE mcp.is_fine()
                """, plain: touch, refusal: "", isTrusted: true),
    ]

    /// By a superuser, who has most to lose, and by a member of the owners; on 15 as far as the schema can be had.
    @Test(arguments: attacks, PostgresVersion.underTest)
    func gainsNothingByAnyCommand(attack: Attack, version: PostgresVersion) async throws {
        let isComplete = PostgresVersion.underTestWithPgvector.contains(version)
        if case .installed = attack.ground, !isComplete { return }
        try await HostileOwner.with(version, .superuser) { owner in
            try await Self.prepare(attack, owner, isComplete)
            let disarm = "TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER"
            try await owner.psql("\(disarm); \(attack.plain)")
            #expect(try await owner.gains() != [], "it is no attack")
            try await owner.psql(disarm)

            let trust = attack.isTrusted ? ["--trust", owner.eve] : []
            let commands =
                [["verify"]]
                + [["apply", "--plan"], ["repair", "--plan"], ["rollback", "--plan"], ["apply"], ["repair"]]
                .map { $0 + trust }
            for user in [owner.member, "postgres"] {
                for arguments in commands {
                    let result = try await owner.schema(arguments, as: user)
                    #expect(try await owner.gains() == [], "\(arguments): \(result)")
                    guard arguments.first == "repair", user == "postgres" else { continue }
                    if attack.refusal.isEmpty, isComplete {
                        #expect(result.succeeded, "\(result)")
                    } else if !attack.refusal.isEmpty {
                        #expect(result.everything.contains(attack.refusal), "\(result)")
                    }
                }
            }
            if attack.refusal.isEmpty, isComplete {
                let verified = try await owner.schema(["verify"])
                #expect(verified.succeeded, "\(verified)")
                _ = try await owner.schema(
                    ["rollback", "--confirm", owner.database.name, "--drop-rows"] + trust)
                #expect(try await owner.gains() == [], "rollback")
            }
        }
    }

    private static func prepare(_ attack: Attack, _ owner: HostileOwner, _ isComplete: Bool) async throws {
        var role = ":eve"
        switch attack.ground {
        case .hers, .oneTable:
            try await DriftedDatabase.load(into: owner.database, rows: 10, isComplete ? [.vectors] : [])
            let condition =
                if case .oneTable(let name) = attack.ground { "c.relname = '\(name)'" } else { "true" }
            try await owner.psql(
                """
                GRANT USAGE, CREATE ON SCHEMA mcp, public TO :eve;
                DO $$ DECLARE s text; BEGIN
                    FOR s IN
                        SELECT format('ALTER TABLE %s OWNER TO :eve', c.oid::regclass) FROM pg_class AS c
                        WHERE c.relkind IN ('r', 'p', 'v') AND \(condition)
                            AND (c.relnamespace = 'mcp'::regnamespace OR c.oid = 'public.schema_migrations'::regclass)
                    LOOP EXECUTE s; END LOOP;
                END $$
                """)
        case .installed:
            _ = try await owner.schema(["apply"])
            try await owner.psql(
                """
                INSERT INTO mcp.tasks (tenant_id, title) VALUES (gen_random_uuid(), 'one');
                ALTER TABLE mcp.tasks ALTER COLUMN title DROP NOT NULL; DROP INDEX mcp.embeddings_tenant_hash_idx;
                ALTER TABLE mcp.agents DROP COLUMN capabilities CASCADE;
                GRANT mcp_owner TO :eve; GRANT USAGE ON SCHEMA app TO mcp_owner;
                GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO mcp_owner
                """)
            role = "mcp_owner"
        }
        try await owner.psql("SET ROLE \(role); \(attack.sql)")
    }

    /// She had the table once, and the administrator has taken it from her. As a column has its former name, it is asked
    /// what her CHECK says of it.
    @Test(
        arguments: [
            (
                "ALTER TABLE mcp.api_keys ADD CHECK (ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, to_tsquery(app.steal())') IS NOT NULL "
                    + "AND (type IS NULL OR type <> ''))", "ALTER TABLE mcp.api_keys OWNER TO postgres",
                "somebody who had the table may have left constraint"
            ),
            (
                "ALTER TABLE mcp.api_keys ADD CHECK (ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, to_tsquery(app.steal())') IS NOT NULL "
                    + "AND (type IS NULL OR type <> ''))", "ALTER TABLE mcp.api_keys OWNER TO mcp_owner",
                "somebody who had the table may have left constraint"
            ),
            // With her functions, which are a superuser's then.
            (
                "CREATE INDEX ON mcp.api_keys (id) WHERE app.check_it()", "REASSIGN OWNED BY :eve TO postgres",
                "or to a superuser, as whom no code of others is run"
            ),
            (
                "ALTER TABLE mcp.api_keys ADD CHECK (app.check_it() AND (type IS NULL OR type <> ''))",
                "REASSIGN OWNED BY :eve TO postgres",
                "or to a superuser, as whom no code of others is run"
            ),
        ], PostgresVersion.underTestWithPgvector)
    func gainsNothingByWhatSheHasLeft(
        left: (sql: String, taking: String, said: String), version: PostgresVersion
    ) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            _ = try await owner.schema(["apply"])
            try await owner.psql(
                """
                ALTER TABLE mcp.api_keys RENAME COLUMN key_type TO type; GRANT ALL ON SCHEMA mcp TO :eve;
                ALTER TABLE mcp.api_keys OWNER TO :eve; SET ROLE :eve;
                \(left.sql); RESET ROLE;
                \(left.taking); REVOKE ALL ON SCHEMA mcp FROM :eve; REVOKE ALL ON mcp.api_keys FROM :eve;
                TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER
                """)
            for arguments in [["verify"], ["repair", "--plan"], ["apply", "--plan"], ["repair"], ["apply"]] {
                let result = try await owner.schema(arguments)
                #expect(try await owner.gains() == [], "\(arguments): \(result)")
                if arguments == ["verify"] { #expect(!result.succeeded, "\(result)") }
                guard arguments == ["repair", "--plan"] else { continue }
                #expect(result.everything.contains(left.said), "\(result)")
            }
        }
    }

    /// pgtend's record, made by her before anybody else.
    @Test(
        arguments: [
            "CREATE SCHEMA pgtend AUTHORIZATION :eve",
            """
            CREATE SCHEMA pgtend AUTHORIZATION :eve; SET ROLE :eve; GRANT ALL ON SCHEMA pgtend TO PUBLIC;
            CREATE VIEW pgtend.schema_migrations AS
                SELECT 1 AS number, app.steal() AS name, ''::text AS checksum, ''::text AS pgtend_version;
            CREATE TABLE pgtend.created_objects (kind text, name text, detail text, created_by name);
            CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM app.steal(); RETURN NEW; END';
            CREATE TRIGGER f BEFORE INSERT ON pgtend.created_objects FOR EACH ROW EXECUTE FUNCTION app.fire();
            GRANT ALL ON ALL TABLES IN SCHEMA pgtend TO PUBLIC
            """,
        ], PostgresVersion.underTest)
    func isNotTrustedWithTheRecord(record: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(record)
            for arguments in [
                ["apply", "--plan"], ["apply"], ["repair", "--plan"], ["repair"], ["rollback", "--plan"],
                ["rollback", "--confirm", owner.database.name],
            ] {
                let result = try await owner.schema(arguments)
                #expect(!result.succeeded, "\(result)")
                #expect(result.everything.contains("schema pgtend is not pgtend's alone"), "\(result)")
                #expect(try await owner.gains() == [], "\(arguments)")
            }
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func isRefusedAnEventTriggerThatCallsHer(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                """
                SET ROLE :eve;
                CREATE FUNCTION app.note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM app.steal(); END';
                RESET ROLE; CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION app.note();
                """)
            for arguments in [["apply"], ["repair"], ["rollback", "--confirm", owner.database.name]] {
                let result = try await owner.schema(arguments)
                #expect(
                    !result.succeeded && result.everything.contains("event trigger note calls app.note()"), "\(result)")
                #expect(try await owner.gains() == [], "\(arguments)")
            }
        }
    }

    /// What the sandbox needs, and what it is asked for by name.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func needsTemporaryObjects(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await DriftedDatabase.load(into: owner.database, rows: 10, [.vectors])
            try await owner.psql("REVOKE TEMPORARY ON DATABASE \(owner.database.name) FROM PUBLIC")
            let refused = try await owner.schema(["repair"])
            let cure = "GRANT TEMPORARY ON DATABASE \(owner.database.name) TO mcp_owner"
            #expect(!refused.succeeded && refused.everything.contains(cure), "\(refused)")
            _ = try? await Cluster.shared(version).psql("CREATE ROLE mcp_owner NOLOGIN")
            try await owner.psql(cure)
            let repaired = try await owner.schema(["repair"])
            #expect(repaired.succeeded, "\(repaired)")
        }
    }
}

extension HostileOwner {
    func schema(
        _ arguments: [String], as user: String = "postgres"
    ) async throws -> Program.Result {
        try await Pgtend.run(["schema"] + arguments + ["--database", database.conninfo(user: user)])
    }
}
