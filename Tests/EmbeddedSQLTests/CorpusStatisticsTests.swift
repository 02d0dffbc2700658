import EmbeddedSQL
import TestSupport
import Testing

/// What is published, compared with `ts_stat`, PostgreSQL's own count of lexemes.
@Suite("Corpus statistics")
struct CorpusStatisticsTests {
    private static let tenants = (1...4).map(Schema.tenant)

    /// Counts every tenant, and one that has never had a document.
    private static let update = """
        SELECT count(*) FROM unnest(ARRAY[\((tenants + [Schema.tenant(9)]).map { "'\($0)'::uuid" }.joined(separator: ", "))])
            AS t (id), LATERAL mcp.update_embedding_statistics(t.id);
        """

    /// What is published and wrong, one line each. `ts_stat` counts documents and positions by itself.
    private static let differences = """
        CREATE TEMPORARY TABLE truth AS
        SELECT t.tenant_id, s.word, s.ndoc, s.nentry
        FROM mcp.embedding_statistics AS t, LATERAL ts_stat(format(
            'SELECT content_tsvector FROM mcp.embeddings WHERE tenant_id = %L', t.tenant_id)) AS s;
        CREATE TEMPORARY TABLE totals AS
        SELECT t.tenant_id,
            (SELECT count(*) FROM mcp.embeddings AS e
                WHERE e.tenant_id = t.tenant_id AND e.content_tsvector::text <> '') AS documents,
            (SELECT sum(w.nentry) FROM truth AS w WHERE w.tenant_id = t.tenant_id) AS positions,
            (SELECT coalesce(jsonb_object_agg(f.word, f.ndoc), '{}') FROM (
                SELECT w.word, w.ndoc FROM truth AS w WHERE w.tenant_id = t.tenant_id
                ORDER BY w.ndoc DESC, convert_to(w.word, 'UTF8') LIMIT 1000) AS f) AS frequent
        FROM mcp.embedding_statistics AS t;

        SELECT 'term', coalesce(w.word, k.term), w.ndoc, k.document_count
        FROM truth AS w FULL JOIN mcp.embedding_term_statistics AS k
            ON k.tenant_id = w.tenant_id AND k.term = w.word
        WHERE w.ndoc IS DISTINCT FROM k.document_count;
        SELECT 'tenant', s.*, n.* FROM mcp.embedding_statistics AS s JOIN totals AS n USING (tenant_id)
        WHERE s.total_documents <> n.documents
            OR (n.documents = 0) <> (s.avg_document_length IS NULL)
            OR round(s.avg_document_length * s.total_documents) <> n.positions
            OR s.term_document_frequencies <> n.frequent;
        """

    /// Statements that change the corpus at random: documents of all kinds come, change, move and go.
    private static func changes(_ random: inout Seeded, vocabulary: Int) -> String {
        (0..<120).map { _ in
            let tenant = tenants[Int.random(in: tenants.indices, using: &random)]
            let victim =
                "id = (SELECT id FROM mcp.embeddings ORDER BY id OFFSET \(Int.random(in: 0..<60, using: &random)) LIMIT 1)"
            switch Int.random(in: 0..<10, using: &random) {
            case 0: return "DELETE FROM mcp.embeddings WHERE \(victim);"
            case 1: return "UPDATE mcp.embeddings SET content = '\(text(&random, vocabulary))' WHERE \(victim);"
            case 2: return "UPDATE mcp.embeddings SET tenant_id = '\(tenant)' WHERE \(victim);"
            default:
                return
                    "INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', '\(text(&random, vocabulary))');"
            }
        }.joined(separator: "\n")
    }

    private static func text(_ random: inout Seeded, _ vocabulary: Int) -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: ""
        case 1: "the of and, to a"
        // More occurrences than a lexeme keeps positions.
        case 2: String(repeating: "capped ", count: Int.random(in: 200...300, using: &random))
        default:
            (0..<Int.random(in: 1...40, using: &random)).map { _ in
                "word\(Int.random(in: 1...Int.random(in: 1...vocabulary, using: &random), using: &random))"
            }.joined(separator: " ")
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func equalACountFromScratchAfterEveryKindOfChange(version: PostgresVersion) async throws {
        var random = Seeded()
        try await Schema.with(version) { database in
            for round in 1...4 {
                try await database.psql(Self.changes(&random, vocabulary: 3000) + Self.update)
                #expect(try await database.psql(Self.differences) == "", "round \(round), seed \(random.seed)")
            }
            // Rows that no trigger has seen: without a tsvector, and with one whose positions were stripped.
            try await database.psql(
                """
                ALTER TABLE mcp.embeddings DISABLE TRIGGER USER;
                UPDATE mcp.embeddings SET content_tsvector = NULL WHERE ctid IN (SELECT ctid FROM mcp.embeddings LIMIT 9);
                UPDATE mcp.embeddings SET content_tsvector = '' WHERE ctid IN
                    (SELECT ctid FROM mcp.embeddings WHERE content_tsvector IS NOT NULL LIMIT 9);
                \(Self.update)
                """)
            #expect(try await database.psql(Self.differences) == "", "seed \(random.seed)")

            let busy = "SELECT count(*) > 1000 FROM mcp.embedding_term_statistics"
            #expect(try await database.psql(busy) == "t", "seed \(random.seed): too few terms for the limit of 1,000")

            try await database.psql("DELETE FROM mcp.embeddings WHERE tenant_id = '\(Self.tenants[0])'; \(Self.update)")
            #expect(try await database.psql(Self.differences) == "", "seed \(random.seed)")
            for tenant in [Self.tenants[0], Schema.tenant(9)] {
                let row =
                    "SELECT total_documents, avg_document_length, term_document_frequencies "
                    + "FROM mcp.embedding_statistics WHERE tenant_id = '\(tenant)'"
                #expect(try await database.psql(row) == "0||{}")
            }
        }
    }

    /// The comparison itself must be able to fail.
    @Test func noticesAFigureThatIsWrong() async throws {
        try await Schema.with(.v18) { database in
            let tenant = Self.tenants[0]
            try await database.psql(
                "INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'one two'); \(Self.update)")
            #expect(try await database.psql(Self.differences) == "")
            for damage in [
                "UPDATE mcp.embedding_term_statistics SET document_count = 2 WHERE term = 'two'",
                "INSERT INTO mcp.embedding_term_statistics VALUES ('\(tenant)', 'three', 1)",
                "UPDATE mcp.embedding_statistics SET avg_document_length = 3 WHERE tenant_id = '\(tenant)'",
                "INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'one')",
            ] {
                #expect(try await database.psql("BEGIN; \(damage); \(Self.differences) ROLLBACK;") != "", "\(damage)")
            }
        }
    }

    @Test func breaksTiesByTheBytesOfTheLexeme() async throws {
        try await Schema.with(.v18) { database in
            let tenant = Self.tenants[0]
            let kept = try await database.psql(
                """
                INSERT INTO mcp.embeddings (tenant_id, content)
                SELECT '\(tenant)', string_agg('w' || lpad(n::text, 5, '0'), ' ') FROM generate_series(1, 1500) n;
                SELECT total_terms FROM mcp.update_embedding_statistics('\(tenant)');
                SELECT count(*), min(k), max(k) FROM mcp.embedding_statistics,
                    jsonb_object_keys(term_document_frequencies) k;
                """)
            #expect(kept == "1500\n1000|w00001|w01000")
        }
    }

    @Test func rewritesOnlyTheTermsThatChanged() async throws {
        try await Schema.with(.v18) { database in
            let tenant = Self.tenants[0]
            let answer = try await database.psql(
                """
                INSERT INTO mcp.embeddings (tenant_id, content)
                SELECT '\(tenant)', 'common word' || n FROM generate_series(1, 100) n;
                SELECT mcp.update_embedding_statistics('\(tenant)');
                CREATE TABLE before AS SELECT term, ctid AS place, xmin AS writer FROM mcp.embedding_term_statistics;
                SELECT mcp.update_embedding_statistics('\(tenant)');
                DELETE FROM mcp.embeddings WHERE content = 'common word7';
                INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'word8 new');
                SELECT mcp.update_embedding_statistics('\(tenant)');
                SELECT string_agg(coalesce(a.term, b.term), ' ' ORDER BY coalesce(a.term, b.term))
                FROM mcp.embedding_term_statistics AS a FULL JOIN before AS b USING (term)
                WHERE (a.ctid, a.xmin) IS DISTINCT FROM (b.place, b.writer);
                """)
            #expect(
                answer.split(separator: "\n") == [
                    "(100,2.0000000000000000,101,101,0)", "(100,2.0000000000000000,101,0,0)",
                    "(100,2.0000000000000000,101,3,1)", "common new word7 word8",
                ])
        }
    }

    /// The second of two calls for one tenant waits, and counts what the first one's transaction added.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func countsLaterWhenItPublishesLater(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let tenant = Self.tenants[0]
            async let first = database.psql(
                """
                BEGIN;
                SELECT mcp.update_embedding_statistics('\(tenant)');
                INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'late');
                SELECT pg_advisory_lock(1);
                DO $$ BEGIN
                    WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))
                    LOOP PERFORM pg_sleep(0.005), pg_stat_clear_snapshot(); END LOOP;
                END $$;
                COMMIT;
                """)
            async let second = database.psql(
                """
                DO $$ BEGIN
                    WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                    LOOP PERFORM pg_sleep(0.005); END LOOP;
                END $$;
                SELECT total_documents FROM mcp.update_embedding_statistics('\(tenant)');
                """)
            _ = try await first
            #expect(try await second == "1")
        }
    }

    @Test func hasOneTextForTheFunctionAndForOtherSchemas() async throws {
        let text =
            try EmbeddedSQL.template("run/statistics/lock").rendered(Schema.corpus)
            + EmbeddedSQL.template("run/statistics/publish").rendered(Schema.corpus, sections: ["terms"])
        try await Schema.with(.v18) { database in
            let body = try await database.psql(
                "SELECT prosrc FROM pg_proc WHERE oid = 'mcp.update_embedding_statistics(uuid)'::regprocedure")
            #expect(body.trimmed == text.trimmed)
        }
    }

    // MARK: Row-level security

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func failsRatherThanCountsLessUnderAForcedPolicy(version: PostgresVersion) async throws {
        // A cluster of its own: BYPASSRLS is a property of the role, which all databases share.
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster, template: Schema.applied) { database in
            let (tenant, other) = (Self.tenants[0], Self.tenants[1])
            let published = "SELECT total_documents FROM mcp.embedding_statistics WHERE tenant_id = '\(tenant)'"
            let update = "SELECT total_documents FROM mcp.update_embedding_statistics('\(tenant)')"
            try await database.psql(
                """
                INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'one'), ('\(other)', 'two');
                \(update);
                INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'three');
                ALTER TABLE mcp.embeddings FORCE ROW LEVEL SECURITY;
                """)
            let failure = try await #require(throws: TestFailure.self) { try await database.psql(update) }
            let message = "\(failure)"
            #expect(message.contains("42501") && message.contains("\"embeddings\""))
            #expect(try await database.psql(published) == "1")

            try await database.psql("ALTER ROLE mcp_owner BYPASSRLS")
            #expect(try await database.psql(update) == "2")
            try await database.psql(
                "ALTER ROLE mcp_owner NOBYPASSRLS; ALTER TABLE mcp.embeddings NO FORCE ROW LEVEL SECURITY")
            #expect(try await database.psql("SET ROLE mcp_owner; \(update)") == "2")
            #expect(try await database.psql(published) == "2")
        }
        try await cluster.destroy()
    }
}

extension String {
    /// Without the line breaks at either end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == "\n" { text.removeLast() }
        while text.first == "\n" { text.removeFirst() }
        return String(text)
    }
}
