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
            #expect(applied.standardOutput.contains("applied m0001_consolidated_schema in"))

            let after = try await Self.schema("verify", on: database)
            #expect(after.ending == .exited(0), "\(after)")
            #expect(after.standardOutput.contains("the schema is what it should be (PostgreSQL 18)"))
            let again = try await Self.schema("apply", on: database)
            #expect(again.ending == .exited(0))
            #expect(again.standardOutput.contains("nothing to apply"))
        }
    }

    @Test(arguments: PostgresVersion.underTest.filter { !$0.hasPgvector })
    func namesThePackageThatIsMissing(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let plan = try await Self.schema("apply", "--plan", on: database)
            #expect(plan.ending == .exited(2))
            #expect(plan.standardOutput.contains("postgresql-\(version.rawValue)-pgvector"), "\(plan)")
            let applied = try await Self.schema("apply", on: database)
            #expect(applied.ending == .exited(1))
            #expect(applied.standardError.contains("postgresql-\(version.rawValue)-pgvector"))
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
            #expect(applied.ending == .exited(1))
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
