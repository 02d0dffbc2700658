import TestSupport
import Testing

@Suite("Text search of a document")
struct ContentTsvectorTests {
    private static let tenant = Schema.tenant(1)

    /// Inserts one document whose content is a SQL expression.
    private static func insert(_ content: String) -> String {
        "INSERT INTO mcp.embeddings (tenant_id, content) SELECT '\(tenant)', \(content);"
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func derivesWhatSearchNeedsFromTheContent(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let derived = """
                SELECT content_tsvector, document_length, term_frequencies, idf_scores, metadata FROM mcp.embeddings;
                """
            let answer = try await database.psql(
                """
                SET search_path = '';
                \(Self.insert("'The cats and the other cat'")) \(derived)
                UPDATE mcp.embeddings SET content = 'dogs'; \(derived)
                UPDATE mcp.embeddings SET content = 'the'; \(derived)
                """)
            #expect(
                answer == #"""
                    'cat':2,6|2|{"cat": 2}||{}
                    'dog':1|1|{"dog": 1}||{}
                    |0|{}||{}
                    """#)
        }
    }

    @Test func letsNobodyWriteWhatIsDerived() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                \(Self.insert("'one'"))
                UPDATE mcp.embeddings SET content_tsvector = 'two', document_length = 7, term_frequencies = '{"x": 1}',
                    metadata = '{"content_tsvector_truncated": true, "mine": 1}';
                SELECT content_tsvector, document_length, term_frequencies, metadata FROM mcp.embeddings;
                """)
            #expect(answer == #"'one':1|1|{"one": 1}|{"mine": 1}"#)
        }
    }

    @Test func countsWithTheCapsOfATsvector() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                "\(Self.insert("repeat('cat dog ', 300)")) SELECT document_length, term_frequencies FROM mcp.embeddings"
            )
            #expect(answer == #"510|{"cat": 255, "dog": 255}"#)
        }
    }

    /// Texts whose tsvector would pass 1 MB, of words of ten characters: one that is only just too long, one of which
    /// not even all is parsed, one of letters of two bytes, and one without a space.
    @Test(arguments: [
        ("w", 100_000, " "), ("w", 450_000, "\n"), ("ж", 90_000, ", "), ("w", 100_000, ","),
    ])
    func cutsATextThatIsTooLongAtAWordBoundaryAndSaysSo(letter: String, words: Int, separator: String) async throws {
        let content = """
            string_agg('\(letter)' || lpad(n::text, 9, '0'), '\(separator)') FROM generate_series(1, \(words)) AS s (n)
            """
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                \(Self.insert(content))
                SELECT metadata, length(content_tsvector) BETWEEN 30000 AND \(words - 1),
                    document_length = (SELECT sum(cardinality(positions)) FROM unnest(content_tsvector)),
                    (SELECT bool_and(lexeme ~ '^\(letter)\\d{9}$') FROM unnest(content_tsvector)),
                    length(content) = \(words) * 10 + (\(words) - 1) * length('\(separator)')
                FROM mcp.embeddings;
                UPDATE mcp.embeddings SET metadata = '{"mine": 1}';
                SELECT metadata FROM mcp.embeddings;
                UPDATE mcp.embeddings SET content = 'short';
                SELECT metadata, content_tsvector FROM mcp.embeddings;
                """)
            #expect(
                answer == """
                    {"content_tsvector_truncated": true}|t|t|t|t
                    {"mine": 1, "content_tsvector_truncated": true}
                    {"mine": 1}|'short':1
                    """)
        }
    }

    /// A long text of few words fits, and keeps every one of them.
    @Test(arguments: [
        ("repeat('cat dog ', 250000) || 'bird'", "bird|cat|dog"),
        // No word at all: a single run longer than any word that is indexed.
        ("repeat('x', 3000000)", ""),
    ])
    func leavesALongTextThatFitsWhole(content: String, lexemes: String) async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                SET client_min_messages = warning; \(Self.insert(content))
                SELECT metadata, array_to_string(tsvector_to_array(content_tsvector), '|') FROM mcp.embeddings
                """)
            #expect(answer == "{}|\(lexemes)")
        }
    }

    /// As a database from before may have them: what is no object stays as it is, and the text is searched all the same.
    @Test(arguments: ["[1]", "\"text\"", "null", "7"])
    func copesWithMetadataThatAreNoObject(metadata: String) async throws {
        try await Schema.with(.v18) { database in
            for content in ["'short'", "string_agg('w' || n, ' ') FROM generate_series(1, 200000) AS n"] {
                let answer = try await database.psql(
                    """
                    DELETE FROM mcp.embeddings;
                    INSERT INTO mcp.embeddings (tenant_id, metadata, content)
                    SELECT '\(Self.tenant)', '\(metadata)', \(content);
                    UPDATE mcp.embeddings SET content = content;
                    SELECT metadata, document_length > 0 FROM mcp.embeddings;
                    """)
                #expect(answer == "\(metadata)|t")
            }
        }
    }

    @Test func setsUpdatedAt() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                INSERT INTO mcp.embedding_models (provider, model_name, dimensions, updated_at)
                VALUES ('p', 'm', 8, '2000-01-01');
                \(Self.insert("'one'")) UPDATE mcp.embeddings SET updated_at = '2000-01-01';
                UPDATE mcp.embedding_models SET max_tokens = 5;
                BEGIN;
                UPDATE mcp.embeddings SET chunk_index = 1;
                SELECT updated_at = now() FROM mcp.embeddings; COMMIT;
                SELECT updated_at > '2020-01-01' FROM mcp.embedding_models;
                """)
            #expect(answer == "t\nt")
        }
    }
}
