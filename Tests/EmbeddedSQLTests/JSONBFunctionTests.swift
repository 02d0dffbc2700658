import TestSupport
import Testing

@Suite("Functions on JSON")
struct JSONBFunctionTests {
    /// Compared by the server, in which 1.0 equals 1 and an object has no order.
    private static func disagreements(_ cases: [(expression: String, expected: Document)]) -> String {
        let rows = cases.enumerated().map { "(\($0), \($1.expression), \($1.expected.literal))" }
        return """
            SELECT n, found, expected FROM (VALUES \(rows.joined(separator: ",\n"))) AS c (n, found, expected)
            WHERE found IS DISTINCT FROM expected ORDER BY n LIMIT 3
            """
    }

    private static func merge(_ base: Document, _ patch: Document) -> String {
        "mcp.jsonb_merge_recursive(\(base.literal), \(patch.literal))"
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func mergesAsAnIndependentImplementationDoes(version: PostgresVersion) async throws {
        var random = Seeded()
        var cases: [(String, Document)] = []
        var common = 0
        for _ in 0..<400 {
            let (base, patch) = (Document.random(&random), Document.random(&random))
            cases.append((Self.merge(base, patch), base.merged(with: patch)))
            if base.merged(with: patch) != patch { common += 1 }
        }
        #expect(common > 50, "seed \(random.seed): too few documents that have anything in common")
        try await Schema.with(version) { database in
            let wrong = try await database.psql(Self.disagreements(cases))
            #expect(wrong == "", "seed \(random.seed)")
        }
    }

    @Test func mergesByItsLaws() async throws {
        var random = Seeded()
        let empty = Document.object([:])
        var cases: [(String, Document)] = []
        for _ in 0..<100 {
            let (one, two) = (Document.randomObject(&random, depth: 4), Document.randomObject(&random, depth: 4))
            // Nothing laid over it, or laid over nothing, or over itself, or twice: the same.
            cases.append((Self.merge(one, empty), one))
            cases.append((Self.merge(empty, one), one))
            cases.append((Self.merge(one, one), one))
            let twice = "mcp.jsonb_merge_recursive(\(Self.merge(one, two)), \(two.literal))"
            cases.append((twice, one.merged(with: two)))
            // What is no object is taken whole, from the right.
            cases.append((Self.merge(one, .array([one])), .array([one])))
            cases.append((Self.merge(.number(1), two), two))
            cases.append((Self.merge(one, .null), .null))
            // At every depth, the keys are those of both sides.
            let keys = "(SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(\(Self.merge(one, two))) AS k)"
            let union =
                "(SELECT jsonb_agg(k ORDER BY k) FROM (SELECT jsonb_object_keys(\(one.literal)) "
                + "UNION SELECT jsonb_object_keys(\(two.literal))) AS u (k))"
            cases.append(("to_jsonb(\(keys) IS NOT DISTINCT FROM \(union))", .bool(true)))
        }
        try await Schema.with(.v18) { database in
            let wrong = try await database.psql(Self.disagreements(cases))
            #expect(wrong == "", "seed \(random.seed)")
        }
    }

    /// Documents in which a key that holds an object nowhere holds anything else may be merged in any grouping. Others
    /// may not: what is no object in between hides what was below.
    @Test func mergesInAnyGroupingWhatAgreesOnItsObjects() async throws {
        var random = Seeded()
        var cases: [(String, Document)] = []
        for _ in 0..<100 {
            let documents = (0..<3).map { _ in Document.randomTree(&random, depth: 4) }
            let (one, two, three) = (documents[0], documents[1], documents[2])
            let right = "mcp.jsonb_merge_recursive(\(one.literal), \(Self.merge(two, three)))"
            cases.append((right, one.merged(with: two).merged(with: three)))
        }
        let hidden = Document.object(["k": .number(5)])
        let below = Document.object(["k": .object(["x": .null])])
        let above = Document.object(["k": .object(["y": .null])])
        cases.append(("mcp.jsonb_merge_recursive(\(Self.merge(below, hidden)), \(above.literal))", above))
        cases.append(
            (
                "mcp.jsonb_merge_recursive(\(below.literal), \(Self.merge(hidden, above)))",
                .object(["k": .object(["x": .null, "y": .null])])
            ))
        try await Schema.with(.v18) { database in
            let wrong = try await database.psql(Self.disagreements(cases))
            #expect(wrong == "", "seed \(random.seed)")
        }
    }

    @Test func mergesWithoutADocument() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                SELECT mcp.jsonb_merge_recursive(NULL, '{"a": 1}'), mcp.jsonb_merge_recursive('{"a": 1}', NULL),
                    mcp.jsonb_merge_recursive(NULL, NULL) IS NULL, mcp.jsonb_merge_recursive('{"a": 1}', '{"a": null}')
                """)
            #expect(answer == #"{"a": 1}|{"a": 1}|t|{"a": null}"#)
        }
    }

    @Test func mergesWhatIsNestedDeeply() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                SELECT mcp.jsonb_merge_recursive((a || '{"x": 1}' || z)::jsonb, (a || '{"y": 2}' || z)::jsonb)
                    = (a || '{"x": 1, "y": 2}' || z)::jsonb
                FROM (SELECT repeat('{"k":', 200), repeat('}', 200)) AS d (a, z)
                """)
            #expect(answer == "t")
        }
    }

    /// Document, required keys, allowed keys, and the answer.
    @Test(arguments: [
        ("'{}'", "'{}'", "NULL", "t"), ("'{\"a\": 1}'", "'{}'", "NULL", "t"), ("'{\"a\": null}'", "'{a}'", "NULL", "t"),
        ("'{\"a\": 1}'", "'{a,b}'", "NULL", "f"), ("'{\"a\": 1, \"b\": 2}'", "'{a,b}'", "NULL", "t"),
        ("'{\"a\": 1}'", "'{}'", "'{}'", "f"), ("'{\"a\": 1}'", "'{}'", "'{a,b}'", "t"), ("'{}'", "'{}'", "'{}'", "t"),
        // What is required need not be allowed once more.
        ("'{\"a\": 1, \"b\": 2}'", "'{a}'", "'{b}'", "t"), ("'{\"a\": 1, \"c\": 2}'", "'{a}'", "'{b}'", "f"),
        ("'{\"a\": 1}'", "NULL", "NULL", "t"), ("'{\"a\": 1}'", "NULL", "'{a}'", "t"),
        ("'{\"A\": 1}'", "'{a}'", "NULL", "f"), ("'{\"b\": {\"a\": 1}}'", "'{a}'", "NULL", "f"),
        ("'[\"a\"]'", "'{a}'", "NULL", "f"), ("'\"a\"'", "'{a}'", "NULL", "f"), ("'null'", "'{}'", "NULL", "f"),
        ("'1'", "'{}'", "NULL", "f"), ("NULL", "'{a}'", "NULL", ""),
    ])
    func validatesTheKeysOfAnObject(document: String, required: String, allowed: String, answer: String) async throws {
        try await Schema.with(.v18) { database in
            let found = try await database.psql("SELECT mcp.validate_jsonb_keys(\(document), \(required), \(allowed))")
            #expect(found == answer)
        }
    }

    @Test func refusesALimitUnderAMisspelledName() async throws {
        let insert =
            "SET ROLE mcp_application; SET app.current_tenant = '\(Schema.tenant(1))'; "
            + "INSERT INTO mcp.tenant_config (tenant_id, rate_limits) VALUES ('\(Schema.tenant(1))', "
        try await Schema.with(.v18) { database in
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(insert + "'{\"request_per_minute\": 5}')")
            }
            #expect("\(failure)".contains("tenant_config_rate_limits"))
            try await database.psql(insert + "'{\"requests_per_minute\": 5}')")
        }
    }
}
