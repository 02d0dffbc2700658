import Maintenance
import SchemaManagement
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// Any bytes may be a name in a database of the encoding SQL_ASCII: one that is no UTF-8 costs its object, and no other.
@Suite("Names that are not UTF-8")
struct UndecodableNameTests {
    private static let objects =
        PastSQL.events + """
            CREATE MATERIALIZED VIEW s.fine AS SELECT 1 AS one;
            CREATE UNIQUE INDEX ON s.fine (one);
            CREATE TABLE s.plain (at timestamptz NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE s.parted (at timestamptz NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE s.ruled (at timestamptz NOT NULL) PARTITION BY RANGE (at);
            CREATE SCHEMA mcp;
            """
        + ["plain", "parted", "ruled"].map { PastSQL.months("s.\($0)") }.joined() + #"""
            DO $do$ DECLARE bad text := E'caf\xe9'; leaf regclass; BEGIN
                EXECUTE format('CREATE MATERIALIZED VIEW s.%I AS SELECT 1 AS one', 'v_' || bad);
                EXECUTE format('CREATE UNIQUE INDEX ON s.%I (one)', 'v_' || bad);
                EXECUTE format('CREATE TABLE mcp.%I ()', bad);
                EXECUTE format('ALTER TABLE s.plain RENAME TO %I', bad);
                SELECT min(inhrelid::oid) INTO leaf FROM pg_inherits WHERE inhparent = 's.parted'::regclass;
                EXECUTE format('ALTER TABLE %s RENAME TO %I', leaf, bad || '_2025');
                -- Of nothing that a plan names, but a new partition would get it.
                FOR leaf IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.ruled'::regclass LOOP
                    EXECUTE format('CREATE POLICY %I ON %s USING (true)', bad, leaf);
                END LOOP;
            END $do$;
            """#

    @Test("are a refusal each, with the oid by which they are found", arguments: PostgresVersion.underTest)
    func costTheirObjectAlone(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, encoding: "SQL_ASCII") { database in
            try await database.psql(Self.objects)
            let summary = await database.tend([.partitions, .views])
            #expect(summary.failure == nil, "\(String(describing: summary.failure))")
            #expect(summary.reports(on: "s.events").map(\.outcome.word) == Array(repeating: "done", count: 4))
            #expect(summary.reports(on: "s.fine").map(\.outcome.word) == ["done"])
            #expect(summary.reports.count == 5)
            #expect(summary.refusals.count == 4, "\(summary.refusals)")
            for refusal in summary.refusals {
                #expect(refusal.reason == .unreadable && refusal.explanation.contains(#"caf\xe9"#), "\(refusal)")
            }
            let oid = try await database.psql(
                "SELECT min(oid) FROM pg_class WHERE relkind = 'p' AND relname LIKE 'caf%'")
            let own = summary.refusals.filter { $0.cure.kind == .statement }
            #expect(own.map(\.task) == [.partitions, .views], "\(summary.refusals)")
            #expect(own.first?.explanation.contains("oid is \(oid))") == true, "\(own)")

            // Whoever else reads names has them, too.
            let owner = "reader_\(database.name)"
            try await database.psql(
                #"""
                DO $do$ BEGIN
                    EXECUTE format(
                        'CREATE MATERIALIZED VIEW s.reader AS SELECT 1 AS one FROM mcp.%I WITH NO DATA', E'caf\xe9');
                END $do$;
                """# + "CREATE ROLE \(owner); ALTER MATERIALIZED VIEW s.reader OWNER TO \(owner)")
            let check = PrivilegeCheck(definition: database.definition(), applicationName: "test")
            let cures = try await check.findings().filter { $0.expected.contains("SELECT") }.flatMap(\.cures)
            #expect(cures.map(\.description).contains { $0.contains(#"the name caf\xe9 is not UTF-8"#) }, "\(cures)")
            try await database.psql("DROP MATERIALIZED VIEW s.reader; DROP ROLE \(owner)")
            let verification = try await SchemaVerifier(
                conninfo: database.conninfo(), applicationName: "test"
            ).verify()
            #expect(!verification.gap.isClosed)

            for refusal in own { try await database.psql(refusal.cure.description) }
            let healed = await database.tend([.partitions, .views])
            #expect(
                healed.refusals.map(\.object.description).sorted() == ["s.parted", "s.ruled"], "\(healed.refusals)")
            #expect(healed.failure == nil && healed.outcomes() == Array(repeating: "done", count: 4))
            #expect(healed.outcomes(of: .views) == ["done", "done"])
        }
    }

    /// What is UTF-8 in such a database is a name as any other.
    @Test(arguments: PostgresVersion.underTest)
    func thoseThatAreWork(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, encoding: "SQL_ASCII") { database in
            try await database.psql(PastSQL.events + "ALTER TABLE s.events RENAME TO \"ünïcödé 数据表\"")
            let summary = await database.tend([.partitions])
            #expect(summary.outcomes() == Array(repeating: "done", count: 4) && summary.refusals.isEmpty)
        }
    }
}
