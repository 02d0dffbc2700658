import EmbeddedSQL
import TestSupport

/// The consolidated schema, applied as an installer applies it: each migration in a transaction of its own, with a
/// pinned search_path.
enum Schema {
    static let applied = Template("embedded_sql_schema") { database in
        try await database.psql(script())
    }

    /// What psql runs to apply the schema.
    static func script(_ migrations: [Migration] = EmbeddedSQL.migrations) -> String {
        migrations.map { "BEGIN;\nSET LOCAL search_path = '';\n\($0.text)\nCOMMIT;\n" }.joined()
    }

    /// The text of one file of the first migration.
    static func part(_ name: String) -> String {
        EmbeddedSQL.file("mcp/migrations/0001_consolidated_schema/\(name).sql") ?? "no part \(name)"
    }

    /// Runs `body` with a database that holds the schema and no rows.
    static func with<Value>(
        _ version: PostgresVersion, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        try await TestDatabase.with(version, template: applied, body)
    }

    /// Identifiers of schema `mcp` for the corpus templates.
    static let corpus = [
        "source": "mcp.embeddings", "source.tenant": "tenant_id", "source.tsvector": "content_tsvector",
        "target": "mcp.embedding_statistics", "target.tenant": "tenant_id", "target.documents": "total_documents",
        "target.average": "avg_document_length", "target.frequencies": "term_document_frequencies",
        "target.updated": "last_updated", "terms": "mcp.embedding_term_statistics", "terms.tenant": "tenant_id",
        "terms.term": "term", "terms.documents": "document_count",
        "tenant.operators": "pg_catalog", "tenant.cast": "",
    ]

    /// The tenant of that number.
    static func tenant(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
