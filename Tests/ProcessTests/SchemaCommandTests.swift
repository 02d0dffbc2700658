import Foundation
import TestSupport
import Testing

/// The commands on the schema as an administrator calls them.
@Suite("Schema commands")
struct SchemaCommandTests {
    private static func schema(_ command: String..., on database: TestDatabase) async throws -> Program.Result {
        try await Pgtend.run(["schema"] + command + ["--database", database.conninfo()])
    }

    @Test func fromAnEmptyDatabaseToOneThatVerifies() async throws {
        try await TestDatabase.with(.v18) { database in
            let before = try await Self.schema("verify", on: database)
            #expect(before.ending == .exited(1))
            #expect(before.standardOutput.contains("the schema has a gap"))

            let plan = try await Self.schema("apply", "--plan", on: database)
            #expect(plan.ending == .exited(0))
            #expect(plan.standardOutput.contains("CREATE TABLE mcp.tasks"))
            #expect(try await database.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")

            let applied = try await Self.schema("apply", on: database)
            #expect(applied.ending == .exited(0), "\(applied)")
            #expect(applied.standardOutput.contains("\(database.name): applied 0001_consolidated_schema in"))

            let after = try await Self.schema("verify", on: database)
            #expect(after.ending == .exited(0), "\(after)")
            #expect(after.standardOutput.contains("the schema is what it should be (PostgreSQL 18)"))
            let again = try await Self.schema("apply", on: database)
            #expect(again.ending == .exited(0))
            #expect(again.standardOutput.contains("nothing to apply"))
        }
    }

    /// No migration can know what the database does by itself when something is made.
    @Test func anInstallationThatLeavesAGapSaysSo() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                """
                CREATE FUNCTION public.tune() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN ALTER TABLE mcp.users ALTER COLUMN email TYPE varchar(300); END $$;
                CREATE EVENT TRIGGER tune ON ddl_command_end WHEN TAG IN ('CREATE MATERIALIZED VIEW')
                    EXECUTE FUNCTION public.tune();
                """)
            let applied = try await Self.schema("apply", on: database)
            #expect(applied.ending == .exited(1), "\(applied)")
            for words in [
                "\(database.name): applied 0001_consolidated_schema in",
                "\(database.name), afterwards: the schema has a gap: 1 different",
                "column email of users, type", "pgtend schema repair --plan",
            ] {
                #expect(applied.standardOutput.contains(words), "\(applied)")
            }
            #expect(try await Self.schema("repair", on: database).succeeded)
            #expect(try await Self.schema("verify", on: database).succeeded)
        }
    }

    @Test(arguments: PostgresVersion.underTest.filter { !$0.hasPgvector })
    func namesThePackageThatIsMissing(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let plan = try await Self.schema("apply", "--plan", on: database)
            #expect(plan.ending == .exited(2))
            #expect(plan.standardOutput.contains("postgresql-\(version.rawValue)-pgvector"), "\(plan)")
            let applied = try await Self.schema("apply", on: database)
            #expect(applied.ending == .exited(2))
            #expect(applied.standardOutput == plan.standardOutput, "\(applied)")
            #expect(try await database.psql("SELECT to_regnamespace('pgtend') IS NULL") == "t")
            let verified = try await Self.schema("verify", "--json", on: database)
            #expect(verified.ending == .exited(1))
            let document = try JSONSerialization.jsonObject(with: Data(verified.standardOutput.utf8)) as? [String: Any]
            let databases = try #require(document?["databases"] as? [[String: Any]])
            let missing = try #require(databases.first?["missing"] as? [[String: String]])
            #expect(missing.contains { $0["kind"] == "extension" && $0["name"] == "vector" })
        }
    }

    @Test func leavesADirtyDatabaseToRepair() async throws {
        try await TestDatabase.with(.v18) { database in
            try await database.psql(
                "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); "
                    + "INSERT INTO schema_migrations VALUES (1, true)")
            let applied = try await Self.schema("apply", on: database)
            #expect(applied.ending == .exited(2))
            #expect(applied.standardError.contains("pgtend schema repair --plan"))
            let plan = try await Self.schema("repair", "--plan", on: database)
            #expect(plan.ending == .exited(0), "\(plan)")
            #expect(plan.standardOutput.contains("golang-migrate (public.schema_migrations): version 1, dirty"))
            #expect(try await database.psql("SELECT * FROM schema_migrations") == "1|t")
            let repaired = try await Self.schema("repair", on: database)
            #expect(repaired.ending == .exited(0), "\(repaired)")
            #expect(try await database.psql("SELECT * FROM schema_migrations") == "1|f")
        }
    }

    // MARK: - What a script is told

    /// What nothing was changed for, and a person has to decide: none of it is a step that failed.
    @Test(arguments: [
        ("apply", "DROP SCHEMA mcp CASCADE", "pgtend schema repair makes it anew"),
        ("apply", "CREATE TABLE mcp.schema_migrations (version bigint, dirty boolean)", "--migrations-table"),
        ("repair", "CREATE TABLE mcp.schema_migrations (version bigint, dirty boolean)", "--migrations-table"),
        ("apply", "UPDATE pgtend.schema_migrations SET number = 2, name = 'x'", "use the version of pgtend"),
        ("repair", "UPDATE pgtend.schema_migrations SET number = 2, name = 'x'", "use the version of pgtend"),
    ])
    func exitsWithTwoWhereAPersonHasToDecide(command: String, sql: String, cure: String) async throws {
        try await TestDatabase.with(template: Self.applied) { database in
            try await database.psql("SET client_min_messages = error; \(sql)")
            let before = try await database.dump()
            for arguments in [["--plan"], []] {
                let result = try await Pgtend.run(
                    ["schema", command] + arguments + ["--database", database.conninfo()])
                #expect(result.ending == .exited(2), "\(result)")
                #expect(result.standardError.contains("  advice: ") && result.standardError.contains(cure))
            }
            #expect(try await database.dump() == before)
        }
    }

    private static let applied = Template("schema_applied") { database in
        let result = try await database.pgtend("schema", "apply")
        guard result.succeeded else { throw TestFailure("\(result)") }
        try await database.psql("CREATE TABLE schema_migrations (version bigint, dirty boolean)")
    }

    /// The advice for a record without a schema holds.
    @Test func repairsWhatHasVanished() async throws {
        try await TestDatabase.with(template: Self.applied) { database in
            try await database.psql("SET client_min_messages = error; DROP SCHEMA mcp CASCADE")
            #expect(try await Self.schema("repair", on: database).succeeded)
            #expect(try await Self.schema("verify", on: database).succeeded)
        }
    }

    @Test(arguments: ["apply", "repair"])
    func aPlanExitsAsItsExecutionDoesWhereRightsAreMissing(command: String) async throws {
        try await TestDatabase.with { database in
            let role = "nobody_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN")
            let plan = try await database.pgtend("schema", command, "--plan", user: role)
            let missing = "CREATE on database \(database.name)"
            #expect(plan.ending == .exited(77) && plan.standardOutput.contains("  \(missing): GRANT "), "\(plan)")
            let result = try await database.pgtend("schema", command, user: role)
            #expect(result.ending == .exited(77) && result.standardError.contains(missing), "\(result)")
            try await database.psql("DROP ROLE \(role)")
        }
    }

    @Test func namesWhoHoldsTheLocksOfWhatItReads() async throws {
        try await TestDatabase.with(template: Self.applied) { database in
            let other = try await database.connect()
            try await other.script(unsafe: "BEGIN; LOCK TABLE mcp.tasks IN ACCESS EXCLUSIVE MODE")
            let result = try await Self.schema("verify", on: database)
            await other.close()
            #expect(result.ending == .exited(4), "\(result)")
            let holder = #/schema mcp cannot be read, .*pid \d+ .* holds AccessExclusiveLock on mcp\.tasks/#
            #expect(result.standardError.contains(holder), "\(result)")
            #expect(result.standardError.contains("  advice: repeat the command"), "\(result)")
        }
    }

    /// The rows that a trigger would have filled are shown before they are changed, whoever has recorded the schema.
    @Test(arguments: [true, false])
    func showsTheRowsThatItFills(isRecorded: Bool) async throws {
        try await TestDatabase.with(template: Self.applied) { database in
            try await database.psql(
                """
                SET session_replication_role = replica;
                INSERT INTO mcp.embeddings (tenant_id, content, embedding, model_dimensions)
                SELECT gen_random_uuid(), 'text ' || i, array_fill(1::real, ARRAY[2]) || array_fill(0::real, ARRAY[4094]), 2
                FROM generate_series(1, 200) AS i;
                """)
            if !isRecorded { try await database.psql("DROP TABLE pgtend.schema_migrations") }
            let unfilled = "SELECT count(*) FROM mcp.embeddings WHERE normalized_embedding IS NULL"
            #expect(try await database.psql(unfilled) == "200")
            let plan = try await Self.schema("apply", "--plan", on: database)
            #expect(plan.succeeded && plan.standardOutput.contains("UPDATE mcp.embeddings"), "\(plan)")
            #expect(try await database.psql(unfilled) == "200")

            let applied = try await Self.schema("apply", on: database)
            #expect(applied.succeeded && applied.standardOutput.contains("done in "), "\(applied)")
            #expect(applied.standardOutput.contains("column normalized_embedding of embeddings"), "\(applied)")
            #expect(try await database.psql(unfilled) == "0")
            let again = try await Self.schema("apply", on: database)
            #expect(again.standardOutput == "\(database.name): nothing to apply\n", "\(again)")
        }
    }

    // MARK: - The command line

    @Test func tellsEveryMappingThatIsNone() async throws {
        let maps = ["standard", "user=", "a.b.c:x=y", "tasks.nope:a=b", "api_keys.nope:c=d", "old=one", "old=two"]
        let result = try await Pgtend.run(
            ["schema", "repair", "--database", "host=/nowhere"] + maps.flatMap { ["--map", $0] })
        #expect(result.ending == .exited(64), "\(result)")
        for map in maps where map != "old=one" {
            #expect(result.standardError.contains("--map '\(map)': "), "\(map) \(result)")
        }
    }

    @Test(arguments: ["a.b.c.d", "a.b.c", "", ".b", "a.", "a b", "\"a"])
    func refusesATableThatIsNone(name: String) async throws {
        for command in ["apply", "repair"] {
            let result = try await Pgtend.run(
                ["schema", command, "--database", "host=/nowhere", "--migrations-table", name])
            #expect(result.ending == .exited(64), "\(result)")
            #expect(result.standardError.contains("expected TABLE or SCHEMA.TABLE"), "\(result)")
        }
    }

    /// What would have no effect is none of theirs.
    @Test(arguments: ["verify", "apply", "repair", "rollback"], [["--schema", "sales"], ["--log-format", "json"]])
    func takesNoOptionWithoutEffect(command: String, option: [String]) async throws {
        let result = try await Pgtend.run(["schema", command, "--database", "host=/nowhere"] + option)
        #expect(result.ending == .exited(64), "\(result)")
        #expect(result.standardError.contains("Unknown option '\(option[0])'"), "\(result)")
    }
}
