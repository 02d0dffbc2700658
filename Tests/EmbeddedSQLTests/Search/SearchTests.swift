import TestSupport
import Testing

@Suite("Search")
struct SearchTests {
    private static let tenant = Schema.tenant(1)
    private static let model = SearchSamples.model(3)
    private static let other = SearchSamples.model(4)

    /// Documents whose contents say what they are; `other` is a second model.
    private static let documents = """
        \(SearchSamples.registry(3, 4)) \(SearchSamples.acting(for: tenant))
        SELECT FROM mcp.insert_embedding('red apple', '[1,0,0]', '\(model)', agent_id => 'a', metadata => '{"k": 1}');
        SELECT FROM mcp.insert_embedding('green apple', '[1,1,0]', '\(model)', agent_id => 'b', metadata => '{"k": 2}');
        SELECT FROM mcp.insert_embedding('blue sky', '[-1,0,0]', '\(model)', agent_id => 'a');
        SELECT FROM mcp.insert_embedding('red apple elsewhere', '[1,0,0,0]', '\(other)', agent_id => 'a');
        INSERT INTO mcp.embeddings (tenant_id, content, agent_id, context_id)
        VALUES ('\(tenant)', 'an apple without a vector', 'c', NULL);
        RESET ROLE; SELECT FROM mcp.update_embedding_statistics('\(tenant)');

        """

    /// What a search answers, best first.
    private func found(
        _ arguments: String, in database: TestDatabase, columns: String = "content",
        as role: String = "mcp_application"
    ) async throws -> [String] {
        try await database.psql(
            SearchSamples.acting(for: Self.tenant, as: role)
                + "SELECT \(columns) FROM mcp.search_embeddings(\(arguments))"
        ).split(separator: "\n").map(String.init)
    }

    /// Each search, and what it finds.
    @Test(
        arguments: [
            ("'apples'", ["red apple", "green apple", "an apple without a vector", "red apple elsewhere"]),
            ("'red skies'", ["blue sky", "red apple", "red apple elsewhere"]),
            ("'apple', model => '\(model)'", ["red apple", "green apple"]),
            ("'apple', wanted_agent => 'a'", ["red apple", "red apple elsewhere"]),
            ("'apple', wanted_metadata => '{\"k\": 2}'", ["green apple"]),
            ("'apple', wanted_context => '\(tenant)'", []),
            ("'nothing of this'", []), ("'the of and'", []), ("''", []),
            ("NULL, '[2,0.1,0]', '\(model)'", ["red apple", "green apple", "blue sky"]),
            ("NULL, '[2,0.1,0]', '\(model)', max_results => 1", ["red apple"]),
            ("NULL, '[2,0.1,0]', '\(model)', min_similarity => 0.5", ["red apple", "green apple"]),
            ("NULL, '[2,0.1,0]', '\(model)', wanted_agent => 'a'", ["red apple", "blue sky"]),
            ("NULL, '[2,0,0,0]', '\(other)'", ["red apple elsewhere"]),
            // Third by its vector, first by its text.
            ("'sky', '[1,0,0]', '\(model)'", ["blue sky", "red apple", "green apple"]),
            ("'sky', '[1,0,0]', '\(model)', min_similarity => 0.9", ["blue sky", "red apple"]),
            ("'sky', '[1,0,0]', '\(model)', 'text'", ["blue sky"]),
            ("'sky', '[1,0,0]', '\(model)', 'vector'", ["red apple", "green apple", "blue sky"]),
            ("'sky', '[0,0,0]', '\(model)'", ["blue sky"]),
        ] as [(String, [String])])
    func finds(arguments: String, expected: [String]) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.documents)
            for role in ["mcp_application", "mcp_readonly"] {
                let found = try await found(arguments, in: database, as: role)
                let scores = try await self.found(arguments, in: database, columns: "score", as: role)
                #expect(found.sorted() == expected.sorted(), "as \(role)")
                // Equal scores are in the order of their keys, which are random.
                if Set(scores).count == scores.count { #expect(found == expected, "as \(role)") }
            }
        }
    }

    /// Each search, and the SQLSTATE that refuses it.
    @Test(arguments: [
        ("", "22004"), ("method => 'vector'", "22004"), ("'x', method => 'vector'", "22004"),
        ("'x', method => 'hybrid'", "22004"), ("NULL, '[1,0,0]'", "22004"), ("'x', '[1,0,0]'", "22004"),
        ("NULL, '[1,0,0]', '\(model)', 'text'", "22004"), ("'x', method => 'fuzzy'", "22023"),
        ("'x', max_results => 0", "22023"), ("'x', max_results => 1001", "22023"),
        ("'x', max_results => NULL", "22023"),
        ("NULL, '[1,0]', '\(model)'", "22023"), ("NULL, '[1,0,0,0]', '\(model)'", "22023"),
        ("'x', model => '\(SearchSamples.model(5))'", "P0002"),
        ("NULL, array_fill(1::real, ARRAY[1600])::vector, '\(SearchSamples.model(1600))'", "55000"),
    ])
    func refuses(arguments: String, state: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.documents + SearchSamples.registry(1600))
            let failure = try await #require(throws: TestFailure.self) { try await found(arguments, in: database) }
            #expect("\(failure)".contains(" \(state):"))
        }
    }

    /// Whatever a query holds is text, and each of its lexemes is found.
    @Test(arguments: [
        "it's O'Brien's", #"c:\temp\new"#, "http://example.com/a?b='c'&d=%20",
        "a & b | !c <-> (d)", "émigré Ωmega 日本語",
        "user@example.com", "%s %1$I $1 {0}", "wi-fi and on-line/off-line", #"\' OR true --"#, "x'); SELECT 1; --",
    ])
    func takesAnyText(text: String) async throws {
        try await Schema.with(.v18) { database in
            let content = SearchSamples.quoted(text)
            try await database.psql(
                "INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(Self.tenant)', \(content)), "
                    + "('\(Self.tenant)', 'unlike')")
            let answer = try await database.psql(
                """
                \(SearchSamples.acting(for: Self.tenant))
                SELECT content = \(content) FROM mcp.search_embeddings(\(content))
                """)
            #expect(answer == "t")
        }
    }

    @Test func readsTheBeginningOfALongQuery() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.documents)
            let found = try await found("'apple ' || repeat('nowhere ', 300000) || ' sky'", in: database)
            #expect(found.count == 4 && !found.contains("blue sky"))
        }
    }

    /// Before the first count: all terms weigh the same, and lengths do not count.
    @Test func ranksATenantWithoutStatistics() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                Self.documents + "DELETE FROM mcp.embedding_statistics;"
                    + "DELETE FROM mcp.embedding_term_statistics;")
            let scores = try await found(
                "'red apple'", in: database, columns: "round((score / ln(2::float8))::numeric, 12)")
            #expect(scores == ["2.000000000000", "2.000000000000", "1.000000000000", "1.000000000000"])
        }
    }

    /// A term that came after the last count is a rare one.
    @Test func ranksATermThatTheStatisticsDoNotKnow() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                Self.documents
                    + "INSERT INTO mcp.embeddings (tenant_id, content) "
                    + "VALUES ('\(Self.tenant)', 'apple pear novelty x y')"
            )
            #expect(try await found("'red novelty'", in: database).first == "apple pear novelty x y")
            let expected = "mcp.bm25_score(1, 0, 5, avg_document_length::float8, total_documents)"
            let same = try await database.psql(
                """
                \(SearchSamples.acting(for: Self.tenant))
                SELECT abs(s.score - \(expected)) < 1e-12
                FROM mcp.search_embeddings('novelty') AS s, mcp.embedding_statistics
                """)
            #expect(same == "t")
        }
    }
}
