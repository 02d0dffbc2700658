import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// The schema's own role owns everything before anything else is done.
@Suite("Possession of the schema")
struct PossessionTests {
    private static func isPossession(_ step: SchemaStep) -> Bool {
        step.statements.contains { $0.contains(" OWNER TO \"mcp_owner\"") && !$0.hasPrefix("CREATE ") }
            && [.table, .view, .partition].contains(step.object.kind) && step.role == nil
    }

    @Test func comesBeforeWhateverMayRunCode() async throws {
        try await TestDatabase.with { database in
            try await DriftedDatabase.load(into: database, rows: 10, [.vectors, .owner])
            let role = DriftedDatabase.owner(of: database)
            let plan = try await database.repairing().plan().plan
            #expect(plan.refusals == [])
            let last = try #require(plan.steps.lastIndex(where: Self.isPossession))
            #expect(plan.steps.prefix(last).allSatisfy { $0.role == nil })
            let others = plan.steps.dropFirst(last + 1)
            for step in others where step.role == nil {
                if case .concurrently = step.execution { continue }
                let isHarmless = step.statements.allSatisfy { statement in
                    ["GRANT ", "REVOKE ", "COMMENT ", "CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"].contains {
                        statement.hasPrefix($0)
                    } || statement.contains(" SET (") || statement.contains(" ENABLE ")
                }
                #expect(isHarmless, "\(step)")
            }
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// The platform's programs go on as the former owner, and what they were granted for that time does not outlast it.
    @Test func leavesTheFormerOwnerWhatItNeedsWhereverItIsInterrupted() async throws {
        try await TestDatabase.with { database in
            try await DriftedDatabase.load(into: database, rows: 10, [.vectors, .owner])
            let role = DriftedDatabase.owner(of: database)
            let diagnosis = try await database.repairing().plan()
            let steps = diagnosis.plan.steps
            let last = try #require(steps.lastIndex(where: Self.isPossession))
            let connection = try await database.connect()
            let runner = SchemaStepRunner(
                connection: connection, schema: "mcp", locks: TestDatabase.patientLocks, programVersion: "1.2.3")
            try await runner.prepare()
            for group in SchemaRepair.groups(Array(steps.prefix(last + 1))) { try await runner.execute(group) }
            await connection.close()

            let owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'mcp'::regnamespace"
            #expect(try await database.psql("\(owners) AND relname IN ('tasks', 'agents', 'events')") == "mcp_owner")
            // All rows, since nothing is guarded yet.
            #expect(try await database.psql("SELECT count(*) > 5 FROM mcp.tasks", user: role) == "t")
            try await database.psql(
                "UPDATE mcp.agents SET name = name; INSERT INTO mcp.models (name, provider) VALUES ('x', 'y'); "
                    + "DELETE FROM mcp.models WHERE name = 'x'; SELECT * FROM mcp.v_active_agents", user: role)

            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let left = """
                SELECT coalesce(string_agg(c.oid::regclass::text, ', '), 'none')
                FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
                WHERE a.grantee = '\(role)'::regrole AND c.relkind IN ('r', 'p')
                """
            #expect(try await database.psql(left) == "none")
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// It may be SECURITY DEFINER from then on.
    @Test func leavesNobodyAFunctionThatIsReplaced() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                CREATE OR REPLACE FUNCTION mcp.audit_row_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                GRANT EXECUTE ON FUNCTION mcp.audit_row_change() TO PUBLIC;
                """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let mayExecute = "SELECT has_function_privilege('public', 'mcp.audit_row_change()', 'EXECUTE')"
            #expect(try await database.psql(mayExecute) == "f")
        }
    }

    /// Membership alone gives a role nothing that does not inherit.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func leavesNoFormerOwnerWithoutWhatItNeeds(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await DriftedDatabase.load(into: database, rows: 10, [.vectors, .owner])
            let (role, viewer) = (DriftedDatabase.owner(of: database), "viewer_\(database.name)")
            try await database.psql(
                "ALTER ROLE \(role) NOINHERIT; CREATE ROLE \(viewer) LOGIN; GRANT USAGE ON SCHEMA mcp TO \(viewer); "
                    + "GRANT SELECT ON ALL TABLES IN SCHEMA mcp TO \(viewer); "
                    + "ALTER TABLE mcp.tasks_2025_01 OWNER TO \(viewer)")
            let after = try await database.repairing(trusting: [viewer]).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            try await database.psql("REVOKE ALL ON ALL TABLES IN SCHEMA mcp FROM \(viewer)")
            for former in [role, viewer] {
                try await database.psql("SELECT count(*) FROM mcp.agents", user: former)
                try await database.psql(
                    "REASSIGN OWNED BY \(former) TO postgres; DROP OWNED BY \(former); DROP ROLE \(former)")
            }
        }
    }
}
