import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// What somebody has left who had a table once, and has nothing any more.
@Suite("Texts that were left behind")
struct LeftBehindTests {
    private static let call = "(ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, app.mine()') IS NOT NULL)"

    /// What is left, what it is called, and the difference that a verification finds.
    private static let parts: [(sql: String, said: String, found: String)] = [
        (
            "ALTER TABLE mcp.workspaces ADD CONSTRAINT x CHECK (\(call))", "constraint x on table mcp.workspaces",
            "constraint x of workspaces"
        ),
        (
            "CREATE TRIGGER x BEFORE UPDATE ON mcp.workspaces FOR EACH ROW WHEN (\(call)) "
                + "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "trigger x on table mcp.workspaces", "trigger x of workspaces"
        ),
        (
            "CREATE TRIGGER x BEFORE UPDATE ON mcp.workspaces FOR EACH ROW "
                + "WHEN (query_to_xml('SELECT app.mine()', true, true, '') IS NOT NULL) "
                + "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "trigger x on table mcp.workspaces, which calls query_to_xml", "trigger x of workspaces"
        ),
        (
            "ALTER TABLE mcp.workspaces ADD x boolean DEFAULT \(call)", "default value for column x",
            "column x of workspaces"
        ),
        (
            "ALTER TABLE mcp.workspaces ALTER name SET DEFAULT (\(call))::text", "default value for column name",
            "column name of workspaces"
        ),
        (
            "CREATE POLICY x ON mcp.workspaces AS RESTRICTIVE USING (\(call))", "policy x on table mcp.workspaces",
            "policy x of workspaces"
        ),
        (
            "CREATE RULE x AS ON DELETE TO mcp.workspaces WHERE \(call) DO INSTEAD NOTHING",
            "rule x on table mcp.workspaces", "rule x of workspaces"
        ),
        (
            "CREATE INDEX x ON mcp.workspaces (satisfies_hash_partition('mcp.models'::regclass, 2, 0, id))",
            "index mcp.x, which calls satisfies_hash_partition", "index x of workspaces"
        ),
        (
            "CREATE DOMAIN app.word AS text CHECK (\(call)); ALTER TABLE mcp.workspaces ADD x app.word",
            "constraint word_check", "column x of workspaces"
        ),
        (
            "CREATE OPERATOR app.@@@ (FUNCTION = pg_catalog.ts_rewrite, LEFTARG = tsquery, RIGHTARG = text); "
                + "ALTER TABLE mcp.workspaces ADD CONSTRAINT x "
                + "CHECK (('a'::tsquery OPERATOR(app.@@@) 'SELECT ''a''::tsquery, app.mine()') IS NOT NULL)",
            "constraint x on table mcp.workspaces", "constraint x of workspaces"
        ),
        (
            "CREATE AGGREGATE app.rewritten (text) (SFUNC = ts_rewrite, STYPE = tsquery, INITCOND = 'a'); "
                + "CREATE POLICY x ON mcp.workspaces AS RESTRICTIVE USING "
                + "((SELECT app.rewritten('SELECT ''a''::tsquery, app.mine()') IS NOT NULL))",
            "policy x on table mcp.workspaces", "policy x of workspaces"
        ),
        (
            "CREATE VIEW app.seen AS SELECT \(call) AS one; CREATE RULE x AS ON DELETE TO mcp.workspaces "
                + "DO ALSO SELECT one FROM app.seen", "rule _RETURN on view app.seen", "rule x of workspaces"
        ),
    ]

    /// Whoever trusts everybody still has to drop it: nobody knows whose it is.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areRefused(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "CREATE SCHEMA app; CREATE FUNCTION app.mine() RETURNS tsquery LANGUAGE sql AS 'SELECT ''b''::tsquery'")
            for (sql, said, found) in Self.parts {
                try await database.psql("\(sql)")
                for call in [
                    { _ = try await database.repairing().plan() },
                    { try await database.repair() },
                ] {
                    let failure = try #require(await ServerFailure.of(call), "\(sql)")
                    #expect(failure.failureClass == .refused, "\(failure)")
                    #expect(
                        failure.message.contains("somebody who had the table may have left")
                            && failure.message.contains(said), "\(failure)")
                    #expect(failure.cure?.description.contains("drop what runs a text") == true)
                }
                let gap = try await SchemaVerifierTests.gap(database)
                #expect(!gap.isClosed || found.hasPrefix("column x"), "\(sql)")
                let objects = gap.different.map(\.object.description) + gap.unknown.map(\.description)
                #expect(objects.contains(found), "\(sql): \(objects)")
                try await database.psql(
                    """
                    ALTER TABLE mcp.workspaces DROP CONSTRAINT IF EXISTS x;
                    DROP TRIGGER IF EXISTS x ON mcp.workspaces; DROP POLICY IF EXISTS x ON mcp.workspaces;
                    DROP RULE IF EXISTS x ON mcp.workspaces; DROP INDEX IF EXISTS mcp.x;
                    ALTER TABLE mcp.workspaces DROP COLUMN IF EXISTS x; ALTER TABLE mcp.workspaces ALTER name DROP DEFAULT
                    """)
            }
            let diagnosis = try await database.repairing().plan()
            #expect(diagnosis.verification.gap.isClosed && diagnosis.plan.steps == [])
        }
    }
}
