import TestSupport
import Testing

@Suite("Cache of embeddings")
struct EmbeddingCacheTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))

    private static func entry(_ tenant: String, _ key: String) -> String {
        """
        \(SearchSamples.acting(for: tenant))
        INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(tenant)', 'x');
        INSERT INTO mcp.embedding_cache (tenant_id, cache_key, embedding_id)
        SELECT tenant_id, '\(key)', id FROM mcp.embeddings LIMIT 1;

        """
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func knowsAKeyOncePerTenant(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(Self.entry(Self.mine, "key") + Self.entry(Self.theirs, "key"))
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(Self.entry(Self.mine, "key"))
            }
            #expect("\(failure)".contains(" 23505:"))
            #expect(try await database.psql("SELECT count(*) FROM mcp.embedding_cache") == "2")
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func goesWithItsEmbedding(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(Self.entry(Self.mine, "key") + Self.entry(Self.theirs, "key"))
            try await database.psql(SearchSamples.acting(for: Self.mine) + "DELETE FROM mcp.embeddings")
            #expect(try await database.psql("SELECT tenant_id FROM mcp.embedding_cache") == Self.theirs)
        }
    }
}
