import TestSupport
import Testing

@Suite("Storing an embedding")
struct InsertEmbeddingTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))
    private static let registry =
        SearchSamples.registry(3, 8, 1600) + """
            INSERT INTO mcp.embedding_models (id, provider, model_name, model_version, dimensions, is_active) VALUES
                (DEFAULT, 'p', 'many', '1', 3, true), (DEFAULT, 'p', 'many', '2', 3, true),
                (DEFAULT, 'p', 'many', '3', 3, false), (DEFAULT, 'p', 'one', '1', 3, false),
                (DEFAULT, 'p', 'one', '2', 3, true), (DEFAULT, 'p', 'gone', '', 3, false),
                (DEFAULT, 'p', 'past', '', 3, true), (DEFAULT, 'p', 'ending', '', 3, true);
            UPDATE mcp.embedding_models SET sunset_at = now() - interval '1 second' WHERE model_name = 'past';
            UPDATE mcp.embedding_models SET sunset_at = now() + interval '1 hour' WHERE model_name = 'ending';

            """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func keepsAllThatItIsGiven(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let answer = try await database.psql(
                """
                \(Self.registry) \(SearchSamples.acting(for: Self.mine))
                SELECT is_normalized
                FROM mcp.insert_embedding(content => 'a text', embedding => '[0,3,4]', provider => 'sample',
                    model_name => 'model-3', content_index => 2, chunk_index => 5,
                    content_hash => 'abc', agent_id => 'agent', task_type => 'search', metadata => '{"a": 1}',
                    cost_usd => 0.25, generation_time_ms => 12);
                """)
            #expect(answer == "t")
            let row = try await database.psql(
                """
                SELECT tenant_id = '\(Self.mine)', content, content_index, chunk_index, content_hash, agent_id,
                    task_type, metadata, cost_usd, generation_time_ms, model_id = '\(SearchSamples.model(3))',
                    model_provider, model_name, model_dimensions, magnitude FROM mcp.embeddings
                """)
            #expect(row == #"t|a text|2|5|abc|agent|search|{"a": 1}|0.250000|12|t|sample|model-3|3|5"#)
        }
    }

    /// What names a model: its id, or its provider and name where one version is active, or its version, too.
    @Test(arguments: [
        ("'\(SearchSamples.model(3))'", "sample model-3"), ("NULL, 'sample', 'model-3'", "sample model-3"),
        ("'\(SearchSamples.model(3))', 'sample', 'model-3', ''", "sample model-3"), ("NULL, 'p', 'one'", "p one"),
        ("NULL, 'p', 'many', '2'", "p many"), ("NULL, 'p', 'ending'", "p ending"),
    ])
    func findsTheModel(arguments: String, model: String) async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                \(Self.registry) \(SearchSamples.acting(for: Self.mine))
                SELECT is_normalized FROM mcp.insert_embedding('x', '[1,2,3]', \(arguments));
                SELECT e.model_provider, e.model_name, m.is_active
                FROM mcp.embeddings AS e JOIN mcp.embedding_models AS m ON m.id = e.model_id
                """)
            #expect(answer == "t\n\(model.replacing(" ", with: "|"))|t")
        }
    }

    /// Each call, and the SQLSTATE that refuses it.
    @Test(arguments: [
        ("'x', '[1,2,3]'", "22004"), ("'x', '[1,2,3]', NULL, 'sample'", "22004"),
        ("'x', NULL, '\(SearchSamples.model(3))'", "22004"), ("NULL, '[1,2,3]', '\(SearchSamples.model(3))'", "23502"),
        ("'x', '[1,2,3]', '\(SearchSamples.model(5))'", "P0002"),
        ("'x', '[1,2,3]', '\(SearchSamples.model(3))', 'other'", "P0002"),
        ("'x', '[1,2,3]', NULL, 'sample', 'model-5'", "P0002"), ("'x', '[1,2,3]', NULL, 'p', 'many'", "21000"),
        ("'x', '[1,2,3]', NULL, 'p', 'past'", "55000"), ("'x', '[1,2,3]', NULL, 'p', 'gone'", "55000"),
        ("'x', '[1,2,3]', NULL, 'p', 'many', '3'", "55000"),
        ("'x', '[1,2]', '\(SearchSamples.model(3))'", "22023"),
        ("'x', '[1,2,3,0]', '\(SearchSamples.model(3))'", "22023"),
        ("'x', '[1,2,3]', '\(SearchSamples.model(8))'", "22023"),
    ])
    func refuses(arguments: String, state: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.registry)
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    "\(SearchSamples.acting(for: Self.mine)) SELECT mcp.insert_embedding(\(arguments))")
            }
            #expect("\(failure)".contains(" \(state):"))
            #expect(try await database.psql("SELECT count(*) FROM mcp.embeddings") == "0")
        }
    }

    /// A model that can be asked for fewer dimensions: rows of as many as the query's are compared, and no others.
    @Test func comparesNoRowsOfOtherDimensions() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                \(Self.registry) \(SearchSamples.acting(for: Self.mine))
                SELECT is_normalized FROM mcp.insert_embedding('four', '[1,0,0,0]', '\(SearchSamples.model(8))');
                SELECT is_normalized FROM mcp.insert_embedding('all', '[1,0,0,0,0,0,0,0]', '\(SearchSamples.model(8))');
                SELECT content, similarity FROM mcp.search_embeddings(
                    query_embedding => '[2,0,0,0]', model => '\(SearchSamples.model(8))');
                """)
            #expect(answer == "t\nt\nfour|1")
        }
    }

    @Test(arguments: ["", "nonsense"])
    func refusesASessionWithoutATenant(setting: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.registry)
            for role in ["mcp_application", "postgres"] {
                let failure = try await #require(throws: TestFailure.self) {
                    try await database.psql(
                        SearchSamples.acting(for: setting, as: role)
                            + "SELECT mcp.insert_embedding('x', '[1,2,3]', '\(SearchSamples.model(3))')")
                }
                #expect("\(failure)".contains(" 55000:"))
            }
        }
    }

    @Test func isNotForReaders() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.registry)
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    SearchSamples.acting(for: Self.mine, as: "mcp_readonly")
                        + "SELECT mcp.insert_embedding('x', '[1,2,3]', '\(SearchSamples.model(3))')")
            }
            #expect("\(failure)".contains(" 42501:"))
        }
    }
}
