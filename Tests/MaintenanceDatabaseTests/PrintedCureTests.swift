import Maintenance
import SQLText
import TestSupport
import Testing

/// Every cure of a refusal that is a statement is given to psql as it is printed, until none is left.
@Suite("Printed cures")
struct PrintedCureTests {
    /// Tables, views and a corpus of `a "role"`, each with something in the way.
    private static func objects(_ owner: String, _ other: String) -> String {
        func table(_ name: String, rest: String = "") -> String {
            """
            CREATE TABLE \(name) (id integer, at date NOT NULL) PARTITION BY RANGE (at);
            CALL siblings('\(name)', '_YYYY_MM', '1 month', date_trunc('month', now()::timestamp), 4); \(rest)
            """
        }
        return PastSQL.procedure + """
            CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO \(owner), \(other);
            CREATE SCHEMA theirs AUTHORIZATION \(other); GRANT USAGE, CREATE ON SCHEMA theirs TO \(owner);
            CREATE SCHEMA ours AUTHORIZATION \(owner);
            CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
            """
            + table(#"app."half-done""#)
            + table("app.beside", rest: "CREATE FOREIGN TABLE app.beside_rest PARTITION OF app.beside DEFAULT SERVER nowhere;")
            + table("app.root", rest: "CREATE TABLE app.root_rest PARTITION OF app.root DEFAULT;")
            + table("theirs.guest") + """
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')
                        AND relnamespace IN ('app'::regnamespace, 'theirs'::regnamespace)
                    LOOP EXECUTE format('ALTER TABLE %s OWNER TO \(owner)', t); END LOOP;
                END $$;
                ALTER FOREIGN TABLE app.beside_rest OWNER TO \(other);
                SET allow_system_table_mods = on;
                UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = (
                    SELECT max(inhrelid) FROM pg_inherits WHERE inhparent = 'app."half-done"'::regclass);
                RESET allow_system_table_mods;
                CREATE MATERIALIZED VIEW app.empty AS SELECT 1 AS one WITH NO DATA;
                CREATE MATERIALIZED VIEW app.reader AS SELECT one FROM app.empty WITH NO DATA;
                ALTER MATERIALIZED VIEW app.empty OWNER TO \(owner); ALTER MATERIALIZED VIEW app.reader OWNER TO \(owner);
                SET ROLE \(owner);
                CREATE TABLE ours.docs (tenant_id text, content_tsvector tsvector);
                CREATE TABLE ours.figures (
                    tenant_id text, total_documents bigint, avg_document_length float8, term_document_frequencies jsonb, last_updated timestamptz);
                RESET ROLE;
                """
    }

    @Test("A statement that is printed ends the refusal that it is printed for", arguments: PostgresVersion.underTest)
    func endTheirRefusals(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let (owner, other, tender) = ("a \(database.name)", "other_\(database.name)", "tender_\(database.name)")
            try await database.psql(
                "CREATE ROLE \"\(owner)\"; CREATE ROLE \(other); CREATE ROLE \(tender) LOGIN; GRANT \(other) TO \(tender);"
                    + "REVOKE TEMPORARY ON DATABASE \(database.name) FROM PUBLIC;"
                    + Self.objects("\"\(owner)\"", other))
            var applied: [String] = []
            var left: [Refusal] = []
            for round in 1...8 {
                let plan = try await database.plan(user: tender) { definition in
                    definition.schemas = ["app", "theirs"]
                    definition.partitions.analysis.enabled = true
                    definition.corpora = [
                        CorpusDefinition(
                            source: RelationName(schema: "ours", name: "docs"),
                            target: RelationName(schema: "ours", name: "figures"))
                    ]
                    definition.viewDefinitions = [
                        ViewDefinition(view: RelationName(schema: "app", name: "empty"), enabled: false)
                    ]
                }
                left = plan.refusals
                let cures = Set(plan.refusals.filter { $0.cure.kind == .statement }.flatMap(\.cure.alternatives))
                guard !cures.isEmpty else { break }
                #expect(round < 8 && cures.isDisjoint(with: applied), "\(plan.refusals)")
                for cure in cures.sorted() where !applied.contains(cure) { try await database.psql(cure) }
                applied += cures
            }
            let kinds: [Regex<Substring>] = [
                #/GRANT "a .*" TO tender.*/#, #/GRANT TEMPORARY ON DATABASE .*/#, #/ALTER TABLE .* FINALIZE/#,
                #/ALTER FOREIGN TABLE .* OWNER TO .*/#, #/ALTER SCHEMA theirs OWNER TO .*/#,
                #/REFRESH MATERIALIZED VIEW app.empty/#, #/CREATE UNIQUE INDEX ON ours.figures \(tenant_id\)/#,
            ]
            for kind in kinds { #expect(applied.contains { $0.wholeMatch(of: kind) != nil }, "\(applied) \(left)") }
            try await database.psql(
                "DROP OWNED BY \"\(owner)\", \(other), \(tender) CASCADE;"
                    + "DROP ROLE \"\(owner)\"; DROP ROLE \(other); DROP ROLE \(tender)")
        }
    }
}
