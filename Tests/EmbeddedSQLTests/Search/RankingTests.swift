import Foundation
import TestSupport
import Testing

@Suite("Ranking of search")
struct RankingTests {
    private static let tenants = (1...3).map(Schema.tenant)

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func scoresATermAsTheOracleDoes(version: PostgresVersion) async throws {
        var random = Seeded()
        let arguments = (0..<300).map { _ in
            let documents = Int.random(in: 1...1_000_000, using: &random)
            let containing = Int.random(in: 0...min(documents, 1 + documents / 2), using: &random)
            let constants = Bool.random(using: &random) ? "" : ", \(Int.random(in: 0...30, using: &random) / 10), 0.5"
            return
                "\(Int.random(in: 1...300, using: &random)), \(containing), "
                + "\(Int.random(in: 1...9000, using: &random)), \(Double.random(in: 1...900, using: &random)), "
                + "\(documents)\(constants)"
        }
        try await Schema.with(version) { database in
            let cases = arguments.map { "SELECT json_build_array(\($0), mcp.bm25_score(\($0)))" }
            let answers = try await database.psql(cases.joined(separator: ";\n"))
            let differences = try await SearchSamples.differences(
                "bm25", "[\(answers.split(separator: "\n").joined(separator: ","))]")
            #expect(differences.lines == [], "seed \(random.seed)")
            #expect(differences.compared == arguments.count)
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func fusesRanksAsTheOracleDoes(version: PostgresVersion) async throws {
        var random = Seeded()
        let arguments = (0..<200).map { _ in
            let ranks = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                Int.random(in: 0..<4, using: &random) == 0 ? "NULL" : "\(Int.random(in: 1...100_000, using: &random))"
            }
            return ("ARRAY[\(ranks.joined(separator: ", "))]::bigint[]", Int.random(in: 0...100, using: &random))
        }
        try await Schema.with(version) { database in
            let cases = arguments.map {
                "SELECT json_build_array(\($0), \($1), mcp.reciprocal_rank_fusion(\($0), \($1)))"
            }
            let answers = try await database.psql(cases.joined(separator: ";\n"))
            let differences = try await SearchSamples.differences(
                "fusion", "[\(answers.split(separator: "\n").joined(separator: ","))]")
            #expect(differences.lines == [], "seed \(random.seed)")
            #expect(differences.compared == arguments.count)
        }
    }

    /// Where there is nothing to compute with, and what is refused.
    @Test(arguments: [
        ("mcp.bm25_score(0, 1, 10, 10, 100)", "0"),
        ("mcp.bm25_score(NULL, 1, 10, 10, 100)", "0"),
        // Without any figures: ln 2, and the frequency as in a document of average length.
        ("mcp.bm25_score(1, NULL, NULL, NULL, NULL) = ln(2::float8)", "t"),
        ("mcp.bm25_score(1, 0, 10, NULL, 0) = ln(2::float8)", "t"),
        ("mcp.bm25_score(1, 0, 10, 0, 0) = ln(2::float8)", "t"),
        ("mcp.bm25_score(2, 3, NULL, 50, 9) = mcp.bm25_score(2, 3, 50, 50, 9)", "t"),
        // More documents contain it than there are: the figures are from two moments.
        ("mcp.bm25_score(1, 12, 10, 10, 10) = mcp.bm25_score(1, 10, 10, 10, 10)", "t"),
        ("mcp.bm25_score(1, 10, 10, 10, 10) > 0", "t"),
        ("mcp.bm25_score(7, 3, 10, 10, 99, k1 => 0) = mcp.bm25_score(1, 3, 500, 10, 99, k1 => 0)", "t"),
        ("mcp.reciprocal_rank_fusion('{}')", "0"),
        ("mcp.reciprocal_rank_fusion(NULL)", "0"),
        ("mcp.reciprocal_rank_fusion('{NULL, NULL}')", "0"),
        ("mcp.reciprocal_rank_fusion('{1, NULL}') = 1 / 61::float8", "t"),
    ])
    func isDefinedAtTheEdges(expression: String, answer: String) async throws {
        try await Schema.with(.v18) { database in
            let found = try await database.psql("SELECT \(expression)")
            #expect(found == answer)
        }
    }

    @Test(arguments: [
        "mcp.bm25_score(1, 1, 1, 1, 1, k1 => -1)", "mcp.bm25_score(1, 1, 1, 1, 1, b => 1.1)",
        "mcp.bm25_score(1, 1, 1, 1, 1, b => NULL)", "mcp.reciprocal_rank_fusion('{0}')",
        "mcp.reciprocal_rank_fusion('{1}', -1)", "mcp.reciprocal_rank_fusion('{1}', 'NaN')",
        "mcp.bm25_score('NaN', 1, 1, 1, 1)", "mcp.bm25_score(1, 'NaN', 1, 1, 1)", "mcp.bm25_score(1, 1, 'NaN', 1, 1)",
        "mcp.bm25_score(1, 1, 1, 'NaN', 1)", "mcp.bm25_score(1, 1, 1, 1, 'NaN')",
        "mcp.bm25_score(1, 1, 1, 1, 1, k1 => 'NaN')", "mcp.bm25_score(NULL, 1, 1, 1, 1, b => 'NaN')",
    ])
    func refusesWhatHasNoMeaning(expression: String) async throws {
        try await Schema.with(.v18) { database in
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql("SELECT \(expression)")
            }
            #expect("\(failure)".contains("22023"))
        }
    }

    private static func documents(_ random: inout Seeded) -> String {
        SearchSamples.registry(8)
            + (0..<400).map { number in
                let content =
                    number % 37 == 0
                    ? "capped \(String(repeating: "word1s ", count: 280))" : SearchSamples.text(&random, words: 0...60)
                return """
                    SET app.current_tenant = '\(tenants[Int.random(in: tenants.indices, using: &random)])';
                    SELECT FROM mcp.insert_embedding(\(SearchSamples.quoted(content)),
                        '\(SearchSamples.vector(SearchSamples.vector(8, &random)))', '\(SearchSamples.model(8))');

                    """
            }.joined()
            + tenants.map { "SELECT FROM mcp.update_embedding_statistics('\($0)');\n" }.joined()
    }

    /// All of a search by text: the lexemes and positions are the server's, everything after them the oracle's.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func ranksACorpusAsTheOracleDoes(version: PostgresVersion) async throws {
        var random = Seeded()
        let queries = (0..<25).map { _ in SearchSamples.text(&random, words: 1...6) + " nowhere" }
        try await Schema.with(version) { database in
            try await database.psql(Self.documents(&random))
            for tenant in Self.tenants {
                let cases = try await database.psql(
                    """
                    \(SearchSamples.acting(for: tenant))
                    SELECT jsonb_build_array(jsonb_build_object(
                        'tsvectors', (SELECT jsonb_object_agg(e.id, (
                            SELECT jsonb_object_agg(l.lexeme, l.positions) FROM unnest(e.content_tsvector) AS l
                        )) FROM mcp.embeddings AS e),
                        'queries', (SELECT jsonb_agg(jsonb_build_object(
                            'lexemes', tsvector_to_array(to_tsvector('pg_catalog.english', q.query)),
                            'wanted', q.wanted,
                            'found', (
                                SELECT coalesce(jsonb_agg(jsonb_build_array(s.id, s.score) ORDER BY s.position), '[]')
                                FROM mcp.search_embeddings(q.query, max_results => q.wanted)
                                    WITH ORDINALITY AS s (id, a, b, c, d, e, f, g, h, score, position))
                        )) FROM unnest(ARRAY[\(queries.map(SearchSamples.quoted).joined(separator: ", "))],
                            ARRAY[\(queries.indices.map { "\(1 + $0 * 7)" }.joined(separator: ", "))]
                        ) AS q (query, wanted))
                    ))
                    """)
                let differences = try await SearchSamples.differences("search", cases)
                #expect(differences.lines == [], "seed \(random.seed), tenant \(tenant)")
                #expect(differences.compared > 300, "seed \(random.seed)")
            }
        }
    }

    /// A hybrid search is its two parts, ranked and fused.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func fusesTextAndVectorAsTheOracleDoes(version: PostgresVersion) async throws {
        var random = Seeded()
        try await Schema.with(version) { database in
            try await database.psql(Self.documents(&random))
            let parts = (0..<20).map { number in
                let query = SearchSamples.quoted(SearchSamples.text(&random, words: 2...4))
                let vector = SearchSamples.vector(SearchSamples.vector(8, &random))
                func found(_ method: String, _ wanted: Int, _ what: String) -> String {
                    """
                    (SELECT coalesce(jsonb_agg(\(what) ORDER BY s.position), '[]')
                    FROM mcp.search_embeddings(
                        \(query), '\(vector)', '\(SearchSamples.model(8))', '\(method)', \(wanted),
                        min_similarity => 0.2) WITH ORDINALITY AS s (id, a, b, c, d, e, f, g, h, score, position))
                    """
                }
                return """
                    jsonb_build_object(
                        'text', \(found("text", 1000, "s.id")), 'vector', \(found("vector", 1000, "s.id")),
                        'found', \(found("hybrid", 5 + number, "jsonb_build_array(s.id, s.score)")),
                        'wanted', \(5 + number))
                    """
            }
            let cases = try await database.psql(
                SearchSamples.acting(for: Self.tenants[0])
                    + "SELECT jsonb_build_array(\(parts.joined(separator: ",\n")))"
            )
            let differences = try await SearchSamples.differences("fused", cases)
            #expect(differences.lines == [], "seed \(random.seed)")
            #expect(differences.compared > 200, "seed \(random.seed)")
        }
    }

    /// The oracle itself must be able to find something.
    @Test func noticesAScoreOrAnOrderThatIsWrong() async throws {
        let tsvectors = #"{"a": {"x": [1, 2], "y": [3]}, "b": {"x": [1]}, "c": null}"#
        func differences(_ found: String, wanted: Int) async throws -> [String] {
            let query = #"{"lexemes": ["x"], "wanted": \#(wanted), "found": \#(found)}"#
            return try await SearchSamples.differences(
                "search", #"[{"tsvectors": \#(tsvectors), "queries": [\#(query)]}]"#
            ).lines
        }
        // idf = ln 1.2; a: 2 * 2.2 / (2 + 1.65), b: 1 * 2.2 / (1 + 0.75).
        let (ofA, ofB) = (log(1.2) * 4.4 / 3.65, log(1.2) * 2.2 / 1.75)
        let right = "[[\"b\", \(ofB)], [\"a\", \(ofA)]]"
        #expect(try await differences(right, wanted: 9) == [])
        #expect(try await differences("[[\"a\", \(ofA)], [\"b\", \(ofB)]]", wanted: 9) == ["query 0 (x): a before b"])
        #expect(try await differences("[[\"b\", \(ofB * (1 + 1e-8))], [\"a\", \(ofA)]]", wanted: 9).count == 1)
        #expect(try await differences("[[\"a\", \(ofA)]]", wanted: 1) == ["query 0 (x): b is missing"])
        #expect(try await differences("[[\"b\", \(ofB)]]", wanted: 2) == ["query 0 (x): 1 results of 2"])
        #expect(try await differences("[[\"b\", \(ofB)], [\"a\", \(ofA)], [\"c\", 0]]", wanted: 9).count == 2)
    }
}
