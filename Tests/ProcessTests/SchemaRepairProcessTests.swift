import TestSupport
import Testing

/// The way out of a dirty state as an administrator goes it: the plan, the refusal with its counts, the mapping.
@Suite("pgtend schema repair")
struct SchemaRepairProcessTests {
    private static func repair(_ arguments: String..., on database: TestDatabase) async throws -> Program.Result {
        try await Pgtend.run(["schema", "repair"] + arguments + ["--database", database.conninfo()])
    }

    @Test func endsADriftedDatabasesDirtyState() async throws {
        try await TestDatabase.with(.v18, template: DriftedDatabase.small) { database in
            try await database.psql("UPDATE mcp.api_keys SET type = 'robot' WHERE type = 'gateway'")
            let state = "SELECT version, dirty FROM public.schema_migrations"
            for arguments in [["--plan"], []] {
                let refused = try await Pgtend.run(
                    ["schema", "repair"] + arguments + ["--database", database.conninfo()])
                #expect(refused.ending == .exited(2), "\(refused)")
                #expect(refused.standardOutput.contains("type has values that key_type may not have: 'robot' (20)"))
                #expect(refused.standardOutput.contains("--map 'api_keys.key_type:OLD=NEW'"))
                // Hundreds of lines, and none of them twice.
                #expect(refused.standardOutput.split(separator: "the schema has a gap").count == 2)
                if arguments.isEmpty {
                    let end = "\n\(database.name): refused for the reasons above, and nothing was changed\n"
                    #expect(refused.standardOutput.hasSuffix(end), "\(refused.standardOutput.suffix(200))")
                }
                #expect(try await database.psql(state) == "1|t")
            }

            let plan = try await Self.repair("--plan", "--map", "robot=agent", on: database)
            #expect(plan.ending == .exited(0), "\(plan.standardError)")
            #expect(plan.standardOutput.contains("CREATE INDEX CONCURRENTLY"))
            #expect(plan.standardOutput.contains("api_keys.type stays as pgtend_old_type"))
            #expect(try await database.psql(state) == "1|t")

            let repaired = try await Self.repair("--map", "robot=agent", on: database)
            #expect(repaired.ending == .exited(0), "\(repaired.standardError)")
            #expect(repaired.standardOutput.contains("\(database.name): the schema is what it should be"))
            #expect(try await database.psql(state) == "1|f")
            #expect(try await database.psql("SELECT count(*) FROM mcp.api_keys WHERE key_type = 'agent'") == "40")
            let verified = try await Pgtend.run(["schema", "verify", "--database", database.conninfo()])
            #expect(verified.ending == .exited(0), "\(verified)")
        }
    }

    @Test(arguments: [
        (["legacy=service", "legacy=admin"], "'legacy' is said to be 'service' and 'admin'"),
        (["tasks.nosuch:a=b"], "the schema has no column tasks.nosuch"), (["nosuch.status:a=b"], "nosuch.status"),
        (["a"], "expected OLD=NEW"),
    ])
    func takesNoMappingThatContradictsAnother(maps: [String], complaint: String) async throws {
        let arguments = maps.flatMap { ["--map", $0] }
        let result = try await Pgtend.run(["schema", "repair"] + arguments + ["--database", "dbname=nowhere"])
        #expect(result.ending == .exited(64) && result.standardError.contains(complaint), "\(result)")
    }
}
