import Foundation
import TestSupport
import Testing

/// With FORCE ROW LEVEL SECURITY a policy would hide rows from the owner too: then there is an error and the old
/// figures stay, never a smaller number.
@Suite("Row-level security", .serialized)
struct RowSecurityTests {
    enum Cure: CaseIterable, Sendable {
        case bypass, noForce

        func sql(owner: String) -> String {
            switch self {
            case .bypass: "ALTER ROLE \(owner) BYPASSRLS"
            case .noForce: "ALTER TABLE search.documents NO FORCE ROW LEVEL SECURITY"
            }
        }
    }

    @Test(arguments: PostgresVersion.underTest, Cure.allCases)
    func keepsTheOldFiguresUntilItMayCountEverything(version: PostgresVersion, cure: Cure) async throws {
        var random = Seeded()
        let seed = Comment("seed \(random.seed)")
        let documents = TextCorpus.documents(
            into: "search.documents", "org_id, body_tsv", tenants: ["1", "2"], count: 80, &random)
        try await TestDatabase.with(version) { database in
            let (owner, tender) = ("\(database.name)_owner", "\(database.name)_tender")
            try await database.psql(
                TextCorpus.tables(terms: true) + documents
                    + """
                    CREATE ROLE \(owner); CREATE ROLE \(tender) LOGIN IN ROLE \(owner);
                    GRANT USAGE ON SCHEMA search TO \(owner);
                    CREATE MATERIALIZED VIEW search.sizes AS
                        SELECT org_id, count(*) AS documents FROM search.documents GROUP BY org_id;
                    CREATE UNIQUE INDEX ON search.sizes (org_id);
                    ALTER MATERIALIZED VIEW search.sizes OWNER TO \(owner);
                    ALTER TABLE search.documents OWNER TO \(owner);
                    ALTER TABLE search.figures OWNER TO \(owner);
                    ALTER TABLE search.terms OWNER TO \(owner);
                    """)
            try await withFile(TextCorpus.file(for: database, user: tender, terms: true)) { path in
                #expect(try await Pgtend.run(["run", "--config", path]).succeeded)
                let old = try await Self.published(database)
                #expect(try await database.psql("SELECT sum(documents) FROM search.sizes") == "80", seed)

                try await database.psql(
                    """
                    DELETE FROM search.documents WHERE ctid IN (SELECT ctid FROM search.documents LIMIT 20);
                    ALTER TABLE search.documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                    CREATE POLICY own_rows ON search.documents
                        USING (org_id = nullif(current_setting('app.org', true), '')::bigint);
                    """)
                let refused = try await Pgtend.run(
                    ["run", "--config", path], environment: ["PGOPTIONS": "-c app.org=1"])
                #expect(refused.ending == .exited(1), "\(refused)")
                for object in ["search.sizes", "search.documents is not tended"] {
                    let line = refused.standardError.split(separator: "\n").first { $0.contains(object) }
                    #expect(line?.contains("SQLSTATE 42501") == true, "\(object): \(refused)")
                    #expect(line?.contains("BYPASSRLS") == true, "\(object): \(refused)")
                    #expect(line?.contains("NO FORCE ROW LEVEL SECURITY") == true, "\(object): \(refused)")
                    #expect(line?.contains("\"documents\"") == true, "\(object): \(refused)")
                }
                #expect(try await Self.published(database) == old, seed)
                // The superuser is not bound by policies, but a refresh runs as the view's owner, who is.
                let superuser = try await database.pgtend("run", "views", "--schema", "search")
                #expect(superuser.ending == .exited(1), "\(superuser)")
                #expect(try await Self.published(database) == old, seed)

                try await database.psql(cure.sql(owner: owner))
                let cured = try await Pgtend.run(
                    ["run", "--config", path], environment: ["PGOPTIONS": "-c app.org=1"])
                #expect(cured.succeeded, "\(cured)")
                #expect(
                    try await database.psql(TextCorpus.published(terms: true)) == database.psql(TextCorpus.truth), seed)
                #expect(
                    try await database.psql("SELECT * FROM search.sizes ORDER BY 1")
                        == database.psql("SELECT org_id, count(*) FROM search.documents GROUP BY 1 ORDER BY 1"), seed)
                #expect(try await database.psql("SELECT sum(documents) FROM search.sizes") == "60", seed)
            }
        }
    }

    private static func published(_ database: TestDatabase) async throws -> String {
        try await database.psql(TextCorpus.published(terms: true))
            + database.psql(
                "SELECT * FROM search.sizes ORDER BY 1; SELECT counted_at FROM search.figures ORDER BY org_id")
    }
}
