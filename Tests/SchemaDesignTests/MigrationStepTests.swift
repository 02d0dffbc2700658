import SQLText
import Testing

@testable import EmbeddedSQL
@testable import SchemaDesign

@Suite("Steps of a migration")
struct MigrationStepTests {
    struct Head: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let manner: MigrationStep.Manner
    }

    private static let agents = RelationName(schema: "mcp", name: "agents")
    private static let heads = [
        Head(testDescription: "together", text: "-- run: together\nSELECT 1;\n", manner: .together),
        Head(
            testDescription: "briefly, with two locks and a comment",
            text:
                "-- Why it is done: a reason.\n-- run: briefly\n-- locks: mcp.agents ACCESS EXCLUSIVE, mcp.users SHARE\nSELECT 1",
            manner: .briefly([
                LockRequirement(.accessExclusive, on: agents),
                LockRequirement(.share, on: RelationName(schema: "mcp", name: "users")),
            ])),
        Head(
            testDescription: "patiently",
            text: "-- run: patiently\n-- locks: mcp.agents SHARE UPDATE EXCLUSIVE\nSELECT 1;",
            manner: .patiently([LockRequirement(.shareUpdateExclusive, on: agents)])),
        Head(
            testDescription: "concurrently", text: "-- run: concurrently\nCREATE UNIQUE INDEX i ON mcp.agents (id);\n",
            manner: .concurrently(index: "i", table: agents)),
        Head(
            testDescription: "in batches",
            text:
                "-- run: in batches\nUPDATE mcp.agents AS r\nSET a = 1,\n    b = 2\nWHERE r.a IS NULL\n    OR r.b IS NULL;\n",
            manner: .inBatches(
                table: agents, assignment: "a = 1,\n    b = 2", condition: "r.a IS NULL\n    OR r.b IS NULL")),
    ]

    @Test(arguments: heads)
    func runAsTheirHeadSays(head: Head) throws {
        #expect(try Self.step(head.text).manner == head.manner)
    }

    @Test(arguments: [
        "SELECT 1;", "-- run: quickly\nSELECT 1;", "-- run: together\n-- run: together\nSELECT 1;",
        "-- run: together\n-- locks: mcp.agents SHARE\nSELECT 1;",
        "-- run: briefly\nALTER TABLE mcp.agents ADD a text;",
        "-- run: briefly\n-- locks: agents SHARE\nSELECT 1;",
        "-- run: briefly\n-- locks: mcp.agents EXCLUSIV\nSELECT 1;",
        "-- run: concurrently\nCREATE INDEX ON mcp.agents (id);",
        "-- run: concurrently\nCREATE INDEX i ON mcp.agents (id); CREATE INDEX j ON mcp.agents (id);",
        "-- run: in batches\nUPDATE mcp.agents SET a = 1 WHERE a IS NULL;",
        "-- run: in batches\nUPDATE mcp.agents AS r\nSET a = 1;",
    ])
    func areRefusedWhereTheirHeadDoesNotSayIt(text: String) throws {
        let error = try #require(throws: MigrationHeadError.self) { try Self.step(text) }
        #expect(error.path == "mcp/migrations/0002_more/01_step.sql")
    }

    @Test func areUnderstoodInEveryMigrationOfTheProgram() throws {
        for migration in EmbeddedSQL.migrations.dropFirst() {
            #expect(try MigrationStep.all(of: migration).count == migration.parts.count)
        }
    }

    @Test func buildAnIndexConcurrently() throws {
        let step = try Self.step("-- run: concurrently\nCREATE INDEX i ON mcp.agents (id);\n")
            .step(in: CatalogFacts(), schema: "mcp", as: "mcp_owner")
        #expect(step.statements == ["CREATE INDEX CONCURRENTLY i ON mcp.agents (id)"])
        #expect(step.role == "mcp_owner" && step.object == CatalogObject(.index, "i", of: "agents"))
    }

    @Test func fillEachPartition() throws {
        var live = CatalogFacts()
        for (name, schema) in [("agents_1", "mcp"), ("agents_2", "archive")] {
            live.add(CatalogObject(.partition, name, of: "agents"), .schema, schema)
        }
        let step = try Self.step("-- run: in batches\nUPDATE mcp.agents AS r\nSET a = 1\nWHERE r.a IS NULL;\n")
            .step(in: live, schema: "mcp", as: "mcp_owner")
        guard case .inBatches(let backfill) = step.execution else {
            throw MigrationHeadError(Self.part(""), "no backfill")
        }
        #expect(
            Set(backfill.tables) == [
                RelationName(schema: "mcp", name: "agents_1"), RelationName(schema: "archive", name: "agents_2"),
            ])
    }

    @Test func areThoseThatAreLeft() throws {
        let migrations = (1...3).map { number in
            Migration(
                number: number, name: "m",
                parts: ["01_a", "02_b"].map {
                    Migration.Part(
                        path: "mcp/migrations/000\(number)_m/\($0).sql", text: "-- run: together\nSELECT 1;\n")
                })
        }
        func left(_ behind: Int, _ done: Set<String>) throws -> [String] {
            try MigrationRoad(migrations, behind: behind, done: done).rest.map { "\($0.number) \($0.name)" }
        }
        #expect(try left(1, []) == ["2 01_a", "2 02_b", "3 01_a", "3 02_b"])
        #expect(try left(1, ["01_a"]) == ["2 02_b", "3 01_a", "3 02_b"])
        #expect(try left(3, []) == [])
        #expect(try MigrationRoad(migrations, behind: 1).rest.map(\.isLast) == [false, true, false, true])
    }

    /// How many of three migrations a database has had that nothing is recorded of: the second adds a table, the third
    /// changes rows alone.
    @Test func areNotGuessedOfADatabaseThatHasAPart() throws {
        func facts(_ names: String...) -> CatalogFacts {
            names.reduce(into: CatalogFacts()) { $0.add(CatalogObject(.table, $1), .owner, "o") }
        }
        let migrations = (1...3).map { Migration(number: $0, name: "m", parts: []) }
        let expected = [facts("a"), facts("a", "b", "c"), facts("a", "b", "c")]
        func count(_ live: CatalogFacts) throws -> Int {
            try UnrecordedMigrations.count(migrations, in: live, expecting: expected)
        }
        #expect(try count(facts("a", "b", "c", "x")) == 2)
        #expect(try count(facts("x")) == 1)
        let refusal = try #require(throws: SchemaRefusal.self) { try count(facts("a", "c")) }
        #expect(refusal.object == CatalogObject(.table, "c") && refusal.reason.contains("table b"))
    }

    private static func part(_ text: String) -> Migration.Part {
        Migration.Part(path: "mcp/migrations/0002_more/01_step.sql", text: text)
    }

    private static func step(_ text: String) throws -> MigrationStep {
        try MigrationStep.all(of: Migration(number: 2, name: "more", parts: [part(text)]))[0]
    }
}
