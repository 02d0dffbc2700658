import DatabaseAccess
import Foundation
import Maintenance
import SchemaManagement
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// The statements of docs/privileges.md, run as they stand there.
@Suite("Privilege recipe")
struct PrivilegeRecipeTests {
    /// The blocks of SQL, in order: the recipe from 16 on, the one for 15, the schema of the ledger, the cure for FORCE.
    private static func statements() throws -> [String] {
        let file = URL(filePath: #filePath).appending(path: "../../../../docs/privileges.md").standardized
        let blocks = try String(contentsOf: file, encoding: .utf8).matches(of: #/```sql\n(?<sql>(.|\n)*?)```/#)
        return blocks.map { String($0.sql) }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func theRecipeIsEnoughForTheWholeSchema(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster) { database in
            // Applied two months ago, so that there is a partition to make.
            try await database.psql(
                """
                SELECT format('ALTER DATABASE %I SET pgtend.now = %L', current_database(), now() - interval '2 months')
                \\gexec
                """)
            let installer = SchemaInstaller(
                conninfo: database.conninfo(), applicationName: "test", programVersion: "0")
            _ = try await installer.apply()
            let statements = try Self.statements()
            try #require(statements.count == 4)
            try await database.psql(statements[0])
            try await database.psql(statements[2])
            try await database.psql(
                """
                INSERT INTO mcp.embeddings (tenant_id, content) VALUES (gen_random_uuid(), 'some words of a document');
                ALTER TABLE mcp.embeddings FORCE ROW LEVEL SECURITY;
                """)

            let definition = DatabaseDefinition(name: "platform", conninfo: database.conninfo(user: "pgtend"))
            let check = PrivilegeCheck(definition: definition, applicationName: "test")
            let forced = try await check.findings()
            #expect(forced.map(\.object).allSatisfy { $0 == "table mcp.embeddings" })
            try await database.psql(statements[3])
            let cured = try await check.findings()
            #expect(cured == [])

            for task in TaskKind.allCases where definition.mayHaveWork(for: task) {
                let order = SlotOrder(slot: Slot(task: task, due: HostClock.now()))
                let run = MaintenanceRun(
                    definition: definition, tasks: [task], runID: TestSlot.runID(), applicationName: "test",
                    programVersion: "0", order: order, installsLedger: true, sink: Silence())
                let summary = await run.execute()
                #expect(summary.verdict == .done && !summary.reports.isEmpty, "\(summary)")
                #expect(summary.slot == SlotReport(slot: order.slot, attempt: 1, state: .ran(late: false)))
            }
        }
        try await cluster.destroy()
    }

    @Test func theRecipeFor15MakesAMemberThatSeesActivity() async throws {
        let cluster = try await Cluster.private(.v15)
        try await cluster.psql("CREATE ROLE mcp_owner NOLOGIN")
        try await cluster.psql(Self.statements()[1])
        let roles = try await cluster.psql(
            "SELECT pg_has_role('pgtend', 'mcp_owner', 'MEMBER'), pg_has_role('pgtend', 'pg_read_all_stats', 'USAGE')")
        #expect(roles == "t|t")
        try await cluster.destroy()
    }

    private struct Silence: EventSink {
        func record(_ event: MaintenanceEvent) {}
    }
}
