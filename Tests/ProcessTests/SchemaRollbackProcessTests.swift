import Foundation
import PostgresClient
import TestSupport
import Testing

@Suite("Rollback of the schema as a process", .serialized)
struct SchemaRollbackProcessTests {
    private static let applied = Template("rollback_process") { database in
        let result = try await database.pgtend("schema", "apply")
        guard result.succeeded else { throw TestFailure("\(result)") }
    }

    /// A database with the schema. Roles stay behind, since other databases of the cluster need them.
    private func withSchema(_ body: (TestDatabase) async throws -> Void) async throws {
        try await TestDatabase.with(template: Self.applied, body)
    }

    private func hasSchema(_ database: TestDatabase) async throws -> Bool {
        try await database.psql("SELECT to_regclass('mcp.models') IS NOT NULL") == "t"
    }

    @Test func isConfirmedByTheNameOnTheCommandLine() async throws {
        try await withSchema { database in
            let result = try await database.pgtend("schema", "rollback", "--confirm", database.name)
            #expect(result.succeeded, "\(result)")
            #expect(result.standardOutput.contains("\(database.name): 0001_consolidated_schema taken back in "))
            let schemas = "SELECT to_regnamespace('mcp') IS NULL AND to_regnamespace('pgtend') IS NULL"
            #expect(try await database.psql(schemas) == "t")

            let again = try await database.pgtend("schema", "rollback", "--confirm", database.name)
            #expect(again.succeeded)
            #expect(again.standardOutput == "database \(database.name): nothing to take back\n")
        }
    }

    @Test func withoutConfirmationSaysWhatToType() async throws {
        try await withSchema { database in
            try await database.psql("INSERT INTO mcp.models (provider, name) VALUES ('p', 'n')")
            for (arguments, words) in [
                ([], "what to do: repeat the command with --confirm \(database.name)\n"),
                (["--drop-rows"], "what to do: repeat the command with --confirm \(database.name)\n"),
                (
                    ["--confirm", "shop"],
                    "this is database \(database.name), and --confirm names shop; nothing was changed"
                ),
            ] {
                let result = try await Pgtend.run(
                    ["schema", "rollback", "--database", database.conninfo()] + arguments)
                #expect(result.ending == .exited(64), "\(result)")
                #expect(result.standardError.contains(words), "\(result)")
                #expect(result.standardOutput == "")
            }
            #expect(try await hasSchema(database))
        }
    }

    @Test(arguments: [true, false])
    func asksAtATerminal(isRight: Bool) async throws {
        try await withSchema { database in
            let result = try await Program.run(
                Program.pgtend, ["schema", "rollback", "--database", database.conninfo()],
                environment: ["TERM": "dumb"],
                input: .text(isRight ? "\(database.name)\n" : "\(database.name)x\n"), output: .terminal)
            #expect(result.ending == .exited(isRight ? 0 : 64), "\(result)")
            #expect(result.standardOutput.contains("Type the name of the database"))
            #expect(result.standardOutput.contains(isRight ? "taken back in" : "not confirmed; nothing was changed"))
            #expect(try await hasSchema(database) == !isRight)
        }
    }

    @Test func aSignalAtTheQuestionEndsItWithNothingChanged() async throws {
        try await withSchema { database in
            let program = try Program.start(
                Program.pgtend, ["schema", "rollback", "--database", database.conninfo()],
                environment: ["TERM": "dumb"],
                input: .open, output: .terminal)
            try await program.standardOutput(contains: "Type the name")
            program.send(SIGINT)
            let result = try await program.result()
            #expect(result.ending == .exited(130), "\(result)")
            #expect(try await hasSchema(database))
        }
    }

    @Test func refusesRowsWithTheirCountsUnlessToldSo() async throws {
        try await withSchema { database in
            try await database.psql(
                """
                INSERT INTO mcp.models (provider, name) VALUES ('p', 'n');
                INSERT INTO mcp.audit_log (tenant_id, table_name, record_id, action)
                SELECT gen_random_uuid(), 'tasks', gen_random_uuid(), 'SELECT' FROM generate_series(1, 12);
                """)
            let result = try await database.pgtend("schema", "rollback", "--confirm", database.name)
            #expect(result.ending == .exited(2), "\(result)")
            #expect(
                result.standardError.contains(
                    "2 tables have rows: mcp.audit_log (12 rows), mcp.models (1 row); nothing"),
                "\(result)")
            #expect(result.standardError.contains("--drop-rows"))
            #expect(try await hasSchema(database))

            let told = try await database.pgtend("schema", "rollback", "--confirm", database.name, "--drop-rows")
            #expect(told.succeeded, "\(told)")
            #expect(try await !hasSchema(database))
        }
    }

    /// What the plan prints as SQL is what is executed: psql comes to the same end with it.
    @Test func plansWithRowsAndSQLAndChangesNothing() async throws {
        try await withSchema { database in
            try await database.psql("INSERT INTO mcp.models (provider, name) VALUES ('p', 'n')")
            let before = try await database.dump()
            let result = try await database.pgtend("schema", "rollback", "--plan")
            #expect(result.succeeded, "\(result)")
            for text in ["  0001_consolidated_schema\n", "    mcp.models: 1 row\n", "  extension vector\n"] {
                #expect(result.standardOutput.contains(text), "\(text)")
            }
            #expect(try await database.dump() == before)
            let head = try #require(result.standardOutput.range(of: "SQL, in one transaction\n"))
            try await database.psql("SET search_path = ''; \(result.standardOutput[head.upperBound...])")
            #expect(try await !hasSchema(database))
        }
    }

    @Test(arguments: [
        (
            "CREATE TABLE public.orders (model uuid REFERENCES mcp.models (id))",
            "constraint orders_model_fkey on table public.orders"
        ),
        ("CREATE TABLE mcp.own (id integer)", "table mcp.own"),
    ])
    func namesWhoIsInTheWayInPlanAndRun(statement: String, name: String) async throws {
        try await withSchema { database in
            try await database.psql(statement)
            let plan = try await database.pgtend("schema", "rollback", "--plan")
            #expect(plan.ending == .exited(2), "\(plan)")
            #expect(
                plan.standardOutput.contains("in the way, and nothing is changed while it is\n  \(name)\n"), "\(plan)")
            let result = try await database.pgtend("schema", "rollback", "--confirm", database.name, "--drop-rows")
            #expect(result.ending == .exited(2), "\(result)")
            #expect(
                result.standardError.contains("depend on the schema, or stand in it: \(name); nothing was changed"),
                "\(result)")
            #expect(try await hasSchema(database))
        }
    }

    @Test func saysHowToGetRidOfATemporaryTable() async throws {
        try await withSchema { database in
            let session = try await database.connect()
            try await session.script(unsafe: "CREATE TEMPORARY TABLE kept (model mcp.models)")
            let plan = try await database.pgtend("schema", "rollback", "--plan")
            #expect(plan.ending == .exited(2), "\(plan)")
            let line = try #require(
                plan.standardOutput.split(separator: "\n").first { $0.contains("column model of table pg_temp_") },
                "\(plan)")
            let cure = try #require(
                line.firstMatch(of: #/which is temporary: (DROP TABLE pg_temp_\d+\.kept), or end/#), "\(line)")
            try await database.psql(String(cure.1))
            let again = try await database.pgtend("schema", "rollback", "--plan")
            #expect(again.succeeded, "\(again)")
            try await session.script(unsafe: "SELECT 1")
        }
    }

    /// The record of golang-migrate is neither counted nor in the way, and a second call finds nothing to do.
    @Test func leavesTheRecordOfGolangMigrateAndSucceedsAgain() async throws {
        try await withSchema { database in
            try await database.psql(
                """
                CREATE TABLE mcp.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
                INSERT INTO mcp.schema_migrations VALUES (1, false);
                """)
            let plan = try await database.pgtend("schema", "rollback", "--plan")
            #expect(plan.succeeded && plan.standardOutput.contains("  34 tables, none of them with rows\n"), "\(plan)")
            for _ in 1...2 {
                let result = try await database.pgtend("schema", "rollback", "--confirm", database.name)
                #expect(result.succeeded, "\(result)")
            }
            let again = try await database.pgtend("schema", "rollback", "--plan")
            #expect(again.standardOutput == "database \(database.name): nothing to take back\n")
            #expect(again.succeeded)
            #expect(try await database.psql("SELECT count(*) FROM mcp.schema_migrations") == "1")
        }
    }

    /// Its rows are not seen through its table; plan and run say the same.
    @Test func aPartitionThatIsBeingDetachedIsNamed() async throws {
        try await withSchema { database in
            try await database.psql(
                """
                UPDATE pg_inherits SET inhdetachpending = true
                WHERE inhrelid = (SELECT min(inhrelid) FROM pg_inherits WHERE inhparent = 'mcp.audit_log'::regclass)
                """)
            let plan = try await database.pgtend("schema", "rollback", "--plan")
            #expect(
                plan.standardOutput.contains("none of them with rows that they show\n    mcp.audit_log_"), "\(plan)")
            let result = try await database.pgtend("schema", "rollback", "--confirm", database.name)
            #expect(result.ending == .exited(2), "\(result)")
            #expect(result.standardError.contains("DETACH PARTITION … FINALIZE"), "\(result)")
            #expect(try await hasSchema(database))
        }
    }

    @Test func aSchemaThatPgtendDidNotApplyIsLeftToItsOwnTool() async throws {
        try await withSchema { database in
            try await database.psql("DROP TABLE pgtend.schema_migrations")
            let result = try await database.pgtend("schema", "rollback", "--confirm", database.name)
            #expect(result.ending == .exited(2), "\(result)")
            #expect(result.standardError.contains("pgtend has no record of the schema here"), "\(result)")
            let plan = try await database.pgtend("schema", "rollback", "--plan")
            #expect(plan.ending == .exited(2), "\(plan)")
            #expect(try await hasSchema(database))
        }
    }

    @Test func tellsARoleWithoutRightsWhatItLacks() async throws {
        try await withSchema { database in
            let role = "stranger_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN")
            for arguments in [["--plan"], ["--confirm", database.name]] {
                let result = try await Pgtend.run(
                    ["schema", "rollback", "--database", database.conninfo(user: role)] + arguments)
                #expect(result.ending == .exited(77), "\(result)")
                #expect(result.standardError.contains("role \(role) may not take the schema back"), "\(result)")
                #expect(result.standardError.contains("the privileges of mcp_owner"), "\(result)")
            }
            try await database.psql("DROP ROLE \(role)")
        }
    }

    /// Also where it could count the rows.
    @Test func aPlanWithoutRightsSaysSoInItsExitCode() async throws {
        try await withSchema { database in
            let role = "counter_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN; GRANT mcp_owner TO \(role)")
            let result = try await Pgtend.run(
                ["schema", "rollback", "--plan", "--database", database.conninfo(user: role)])
            #expect(result.ending == .exited(77), "\(result)")
            #expect(result.standardOutput.contains("the role lacks rights, and nothing is changed without them"))
            try await database.psql("DROP ROLE \(role)")
        }
    }

    @Test func worksOnOneDatabaseAtATime() async throws {
        let result = try await Pgtend.run(
            ["schema", "rollback", "--database", "dbname=one", "--database", "dbname=two", "--confirm", "one"])
        #expect(result.ending == .exited(64), "\(result)")
        #expect(result.standardError.contains("2 are configured"), "\(result)")
    }
}
