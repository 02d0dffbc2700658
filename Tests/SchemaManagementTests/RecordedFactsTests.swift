import EmbeddedSQL
import Foundation
import PostgresClient
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// `sql/mcp/facts` is what servers say that have just installed the schema: each run compares it with those under test, and
/// `make generate` (PGTEND_TEST_REWRITE=1, with all supported versions) writes it.
@Suite("Recorded facts of the schema")
struct RecordedFactsTests {
    private static let isRewriting = ProcessInfo.processInfo.environment["PGTEND_TEST_REWRITE"] == "1"

    @Test(.enabled(if: !isRewriting), arguments: PostgresVersion.underTest, EmbeddedSQL.migrations.indices)
    func areWhatAServerSays(version: PostgresVersion, index: Int) async throws {
        let (live, lacking) = try await Self.installed(version, through: index)
        let recorded = RecordedFacts.ofEachMigration[index].facts(
            major: version.rawValue,
            extensionSchemas: ["vector": Self.quoted("vector"), "pg_trgm": Self.quoted("pg_trgm")])
        let facts = FactsRecord.reduced(live)
        for object in Set(facts.objects).union(recorded.objects).sorted() {
            // What its server cannot have was copied from one that can.
            if object.kind == .extension || (recorded[object, .extension].map(lacking.contains) ?? false) { continue }
            #expect(facts[object] == recorded[object], "\(version): \(object); 'make generate' records it anew")
        }
    }

    @Test(.enabled(if: isRewriting && PostgresVersion.underTest.count == PostgresVersion.allCases.count))
    func areWrittenAnew() async throws {
        for (index, migration) in EmbeddedSQL.migrations.enumerated() {
            var records: [(Int, CatalogFacts)] = []
            for version in PostgresVersion.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
                let facts = try await Self.installed(version, through: index).facts
                records.append((version.rawValue, FactsRecord.reduced(facts)))
            }
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../sql/mcp/facts/\(migration.label).tsv").standardizedFileURL
            try FactsRecord.merged(records, schemas: ["vector", "pg_trgm"].map { ($0, Self.quoted($0)) })
                .write(to: file, atomically: true, encoding: .utf8)
        }
    }

    /// Found in texts wherever they name the extension's schema, quoted or not, and nowhere else.
    private static func quoted(_ name: String) -> String { "\"schema of \(name)\"" }

    /// - Returns: what the server says, and the extensions that it does not have.
    private static func installed(
        _ version: PostgresVersion, through index: Int
    ) async throws -> (facts: CatalogFacts, lacking: Set<String>) {
        try await TestDatabase.with(version) { database in
            var lacking: Set<String> = []
            var replacements: [(String, String)] = []
            for name in ["vector", "pg_trgm"] {
                try await database.psql("CREATE SCHEMA \(quoted(name))")
                let isThere = "SELECT count(*) FROM pg_available_extensions WHERE name = '\(name)'"
                if try await database.psql(isThere) == "1" {
                    try await database.psql("CREATE EXTENSION \(name) SCHEMA \(quoted(name))")
                } else {
                    lacking.insert(name)
                }
            }
            if lacking.contains("vector") {
                try await database.psql(StandIn.vector(in: quoted("vector")))
                replacements = StandIn.replacements
            }
            let parts = EmbeddedSQL.migrations[...index].flatMap(\.parts).filter { part in
                replacements.isEmpty
                    || !part.path.hasSuffix("/requirements.sql") && !part.path.hasSuffix("/extensions.sql")
            }
            let script = replacements.reduce(parts.map(\.text).joined(separator: "\n;\n")) {
                $0.replacingOccurrences(of: $1.0, with: $1.1)
            }
            try await database.psql("SET check_function_bodies = off; SET search_path = ''; \(script)")
            let connection = try await database.connect(as: "facts")
            let facts = try await FactsReader(
                connection: connection, schema: "mcp", roles: ["mcp_application", "mcp_owner", "mcp_readonly"]
            ).read()
            await connection.close()
            return (facts, lacking)
        }
    }
}

/// A type that is called as pgvector's, for servers that pgvector is not built for here: how such a server writes
/// expressions is what is wanted of it, and none of them computes with a vector.
private enum StandIn {
    static func vector(in schema: String) -> String {
        """
        CREATE TYPE \(schema).vector;
        CREATE FUNCTION \(schema).vector_in(cstring, oid, integer) RETURNS \(schema).vector
            LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
        CREATE FUNCTION \(schema).vector_out(\(schema).vector) RETURNS cstring
            LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
        CREATE FUNCTION \(schema).vector_typmod_in(cstring[]) RETURNS integer
            LANGUAGE internal IMMUTABLE STRICT AS 'bittypmodin';
        CREATE TYPE \(schema).vector (
            INPUT = \(schema).vector_in, OUTPUT = \(schema).vector_out, TYPMOD_IN = \(schema).vector_typmod_in,
            STORAGE = extended);
        CREATE SCHEMA stand_in;
        CREATE VIEW stand_in.pg_extension AS
            SELECT 'vector'::name AS extname, oid AS extnamespace FROM pg_namespace WHERE nspname = trim('"' FROM '\(schema)')
            UNION ALL SELECT extname, extnamespace FROM pg_catalog.pg_extension;
        """
    }

    /// The index is recorded of servers that have pgvector.
    static let replacements = [
        ("pg_catalog.pg_extension", "stand_in.pg_extension"),
        ("ivfflat (normalized_embedding %1$I.vector_cosine_ops) WITH (lists = 100)", "btree (id)"),
    ]
}
