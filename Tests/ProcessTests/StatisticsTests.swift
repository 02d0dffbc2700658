import Foundation
import TestSupport
import Testing

/// Figures compared with counts that SQL makes from scratch, in another way, on generated documents.
@Suite("Statistics", .serialized)
struct StatisticsTests {
    @Test(arguments: PostgresVersion.underTest, [true, false])
    func areWhatSQLCountsInAForeignSchema(version: PostgresVersion, terms: Bool) async throws {
        var random = Seeded()
        let seed = Comment("seed \(random.seed)")
        let documents = TextCorpus.documents(
            into: "search.documents", "org_id, body_tsv", tenants: ["-7", "0", "9000000000", "12"], count: 300, &random)
        let more = TextCorpus.documents(
            into: "search.documents", "org_id, body_tsv", tenants: ["12", "13"], count: 60, &random)
        try await TestDatabase.with(version) { database in
            try await database.psql(TextCorpus.tables(terms: terms) + documents)
            try await withFile(TextCorpus.file(for: database, terms: terms)) { path in
                func run() async throws {
                    let result = try await Pgtend.run(["run", "statistics", "--config", path])
                    #expect(result.succeeded, "\(result)")
                    let published = try await database.psql(TextCorpus.published(terms: terms))
                    #expect(try await database.psql(TextCorpus.truth) == published, seed)
                }
                try await run()
                #expect(try await database.psql("SELECT count(*) FROM search.figures WHERE documents > 0") == "4", seed)

                // Some documents change, some go, a tenant comes, and one has none left.
                try await database.psql(
                    "DELETE FROM search.documents WHERE org_id = 0; \(more)"
                        + "UPDATE search.documents SET body_tsv = strip(body_tsv) WHERE org_id = -7;"
                        + "DELETE FROM search.documents WHERE body_tsv @@ 'word3'::tsquery")
                try await run()
                let empty = try await database.psql(
                    "SELECT documents, average_length IS NULL, frequencies FROM search.figures WHERE org_id = 0")
                #expect(empty == "0|t|{}", seed)
                #expect(try await database.psql("SELECT count(*) FROM search.figures") == "5", seed)
            }
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areWhatSQLCountsInThePlatformsSchema(version: PostgresVersion) async throws {
        var random = Seeded()
        let seed = Comment("seed \(random.seed)")
        let tenants = (0..<3).map { _ in
            UUID(uuid: withUnsafeBytes(of: (random.next(), random.next())) { $0.load(as: uuid_t.self) }).uuidString
        }
        let words = ["ships", "sail", "sailing", "harbour", "the", "of", "storm", "storms", "nine", "sea"]
        let rows = (0..<200).map { index in
            let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in words.randomElement(using: &random) ?? ""
            }
            return "('\(tenants[index % 3])', '\(text.joined(separator: " "))')"
        }
        let truth = TextCorpus.truth(
            table: "mcp.embeddings", tenant: "tenant_id", tsvector: "content_tsvector",
            tenants: "SELECT tenant_id FROM mcp.embedding_statistics")
        let published = """
            SELECT s.tenant_id, s.total_documents, round(s.avg_document_length, 9),
                coalesce((SELECT string_agg(k.term || '=' || k.document_count, ' ' ORDER BY k.term)
                    FROM mcp.embedding_term_statistics AS k WHERE k.tenant_id = s.tenant_id), '')
            FROM mcp.embedding_statistics AS s
            ORDER BY 1
            """
        try await TestDatabase.with(version) { database in
            #expect(try await database.pgtend("schema", "apply").succeeded)
            try await database.psql(
                "INSERT INTO mcp.embeddings (tenant_id, content) VALUES \(rows.joined(separator: ", "))")
            let result = try await database.pgtend("run")
            #expect(result.succeeded, "\(result)")
            #expect(result.standardError.contains("statistics of 3 tenants updated"), "\(result)")
            #expect(try await database.psql(published) == database.psql(truth), seed)
            #expect(
                try await database.psql("SELECT min(total_documents) > 50 FROM mcp.embedding_statistics") == "t", seed)

            try await database.psql("DELETE FROM mcp.embeddings WHERE tenant_id = '\(tenants[1])'")
            #expect(try await database.pgtend("run", "statistics").succeeded)
            #expect(try await database.psql(published) == database.psql(truth), seed)
            let empty = try await database.psql(
                "SELECT total_documents, avg_document_length IS NULL, term_document_frequencies "
                    + "FROM mcp.embedding_statistics WHERE tenant_id = '\(tenants[1])'")
            #expect(empty == "0|t|{}", seed)
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func failForOneTenantAlone(version: PostgresVersion) async throws {
        var random = Seeded()
        let seed = Comment("seed \(random.seed)")
        let documents = TextCorpus.documents(
            into: "search.documents", "org_id, body_tsv", tenants: ["1", "2", "3"], count: 90, &random)
        try await TestDatabase.with(version) { database in
            try await database.psql(
                TextCorpus.tables(terms: true) + documents
                    + """
                    CREATE FUNCTION search.refuse() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION 'tenant % is under audit', NEW.org_id; END $$;
                    CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON search.figures
                        FOR EACH ROW WHEN (NEW.org_id = 2) EXECUTE FUNCTION search.refuse();
                    """)
            try await withFile(TextCorpus.file(for: database, terms: true)) { path in
                let result = try await Pgtend.run(["run", "--config", path])
                #expect(result.ending == .exited(1), "\(result)")
                let failed = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error: failed: ") }
                #expect(failed.count == 1)
                #expect(
                    failed.first?.contains("of tenant 2: tenant 2 is under audit (SQLSTATE P0001)") == true, "\(result)"
                )
                #expect(
                    try await database.psql(TextCorpus.published(terms: true)) == database.psql(TextCorpus.truth), seed)
                #expect(
                    try await database.psql("SELECT array_agg(org_id ORDER BY org_id) FROM search.figures") == "{1,3}")
                #expect(try await database.psql("SELECT count(*) FROM search.terms WHERE org_id = 2") == "0")
            }
        }
    }
}
