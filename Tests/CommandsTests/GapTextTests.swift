import Maintenance
import SchemaDesign
import Testing

@testable import Commands

@Suite("Comparison with the schema")
struct GapTextTests {
    private static func facts(_ entries: [(CatalogObject, CatalogProperty, String)]) -> CatalogFacts {
        entries.reduce(into: CatalogFacts()) { $0.add($1.0, $1.1, $1.2) }
    }

    private static let tasks = CatalogObject(.table, "tasks")
    private static let status = CatalogObject(.column, "status", of: "tasks")
    private static let search = CatalogObject(.function, "search(text)")

    private static let expected: [(CatalogObject, CatalogProperty, String)] = [
        (CatalogObject(.extension, "pg_trgm"), .requirement, "optional"),
        (CatalogObject(.table, "users"), .owner, "owner"), (tasks, .owner, "owner"),
        (status, .type, "s.status"), (status, .comment, "Where it stands."),
        (CatalogObject(.column, "title", of: "tasks"), .comment, "What it is called."),
        (CatalogObject(.index, "tasks_status_idx", of: "tasks"), .definition, "CREATE INDEX ON s.tasks (status)"),
        (CatalogObject(.index, "tasks_title_idx", of: "tasks"), .definition, "CREATE INDEX ON s.tasks (title)"),
        (search, .definition, "CREATE FUNCTION s.search(text)\n AS $$\nSELECT 1\n$$"),
    ]

    private static let live: [(CatalogObject, CatalogProperty, String)] = [
        (tasks, .owner, "me"), (status, .type, "te\u{1B}xt"),
        (CatalogObject(.column, "title", of: "tasks"), .type, "text"),
        (CatalogObject(.column, "extra", of: "tasks"), .type, "text"),
        (search, .definition, "CREATE FUNCTION s.search(text)\n AS $$\nSELECT 2\n$$"),
        (tasks, .rows, "300000"), (CatalogObject(.index, "mine", of: "tasks"), .lists, "100"),
    ]

    private static func verified(
        _ expected: [(CatalogObject, CatalogProperty, String)], _ live: [(CatalogObject, CatalogProperty, String)]
    ) -> VerifiedDatabase {
        VerifiedDatabase(
            name: "shop",
            verification: SchemaVerification(
                schema: "s", major: 18, expected: facts(expected), live: facts(live), isRecorded: true))
    }

    @Test func saysOfWhatNobodyExpectedThatNothingWasExpected() {
        let policy = CatalogObject(.policy, "x", of: "tasks")
        let live = Self.expected + [(policy, .definition, "AS PERMISSIVE FOR ALL"), (policy, .appliesTo, "PUBLIC")]
        let text = GapText(Self.verified(Self.expected, live))
        #expect(
            text.rendered.contains(
                """
                  policy x of tasks, definition
                    expected  (nothing)
                    found     AS PERMISSIVE FOR ALL
                """))
    }

    @Test func showsTheLinesThatDiffer() {
        func rendered(_ expected: String, _ found: String) -> String {
            GapText(Self.verified([(Self.search, .definition, expected)], [(Self.search, .definition, found)])).rendered
        }
        #expect(
            rendered("a\nb\nc\nd", "a\nc\nx\ny\nd").hasSuffix(
                """
                  function search(text), definition
                    expected  line 2: b
                    found     line 3: x
                              line 4: y
                """))
        #expect(
            rendered("a\nb", "a").hasSuffix(
                """
                    expected  line 2: b
                    found     without these lines
                """))
        let long = (1...13).map { "x\($0)" }.joined(separator: "\n")
        #expect(
            rendered("a", "a\n\(long)").hasSuffix(
                """
                              line 11: x10
                              and 3 more lines
                """))
    }

    @Test func showsBothSidesOfEachDifference() {
        #expect(
            GapText(Self.verified(Self.expected, Self.live)).rendered == #"""
                shop: the schema has a gap: 3 missing, 6 different (PostgreSQL 18)

                missing
                  table: users
                  index of tasks: tasks_status_idx, tasks_title_idx

                different
                  table tasks, owner
                    expected  owner
                    found     me
                  column status of tasks, type
                    expected  s.status
                    found     te\u{1b}xt
                  column title of tasks, type
                    expected  (default)
                    found     text
                  function search(text), definition
                    expected  line 3: SELECT 1
                    found     line 3: SELECT 2
                  comments on columns of tasks: status, title

                optional, absent
                  extension: pg_trgm

                unknown, left alone
                  column of tasks: extra
                  index of tasks: mine

                advice; nothing is wrong with the schema
                  index mine of tasks: tasks has about 300000 rows, for which 300 lists fit; it has 100
                    ALTER INDEX s.mine SET (lists = 300);
                    REINDEX INDEX CONCURRENTLY s.mine;
                """#)
    }

    @Test func saysInALineThatNothingIsWrong() {
        #expect(
            GapText(Self.verified([(Self.tasks, .owner, "me")], [(Self.tasks, .owner, "me")])).rendered
                == "shop: the schema is what it should be (PostgreSQL 18)")
    }

    @Test func isADocumentForPrograms() {
        let expected: [(CatalogObject, CatalogProperty, String)] = [
            (Self.tasks, .owner, "owner"), (CatalogObject(.type, "mood"), .definition, "ENUM ('good')"),
        ]
        let document = VerificationDocument([Self.verified(expected, [(Self.tasks, .owner, "me")])], []).rendered
        #expect(
            document == """
                {
                  "databases" : [
                    {
                      "absent_optional" : [

                      ],
                      "advice" : [

                      ],
                      "database" : "shop",
                      "different" : [
                        {
                          "expected" : "owner",
                          "found" : "me",
                          "object" : {
                            "kind" : "table",
                            "name" : "tasks"
                          },
                          "property" : "owner"
                        }
                      ],
                      "is_closed" : false,
                      "missing" : [
                        {
                          "kind" : "type",
                          "name" : "mood"
                        }
                      ],
                      "not_compared" : [

                      ],
                      "pending" : [

                      ],
                      "postgresql_major" : 18,
                      "unknown" : [

                      ]
                    }
                  ],
                  "failures" : [

                  ]
                }
                """)
    }
}
