import SchemaDesign
import Testing

@Suite("Gap between a schema and what it should be")
struct SchemaGapTests {
    private static let table = CatalogObject(.table, "tasks")
    private static let column = CatalogObject(.column, "status", of: "tasks")
    private static let index = CatalogObject(.index, "tasks_title_trigram_idx", of: "tasks")

    private static func facts(_ entries: (CatalogObject, CatalogProperty, String)...) -> CatalogFacts {
        entries.reduce(into: CatalogFacts()) { $0.add($1.0, $1.1, $1.2) }
    }

    private static let expected = facts(
        (table, .owner, "owner"), (column, .type, "s.status"), (column, .null, "NOT NULL"),
        (column, .default, "'new'::s.status"))

    @Test func isClosedBetweenEqualSchemas() {
        let gap = SchemaGap(expected: Self.expected, live: Self.expected)
        #expect(gap.isClosed)
        #expect(gap.unknown.isEmpty)
    }

    @Test func aMissingTableIsMissingAsAWhole() {
        let gap = SchemaGap(expected: Self.expected, live: CatalogFacts())
        #expect(gap.missing == [Self.table])
        #expect(!gap.isClosed)
    }

    @Test func aMissingColumnIsNamedWithItsTable() {
        let gap = SchemaGap(expected: Self.expected, live: Self.facts((Self.table, .owner, "owner")))
        #expect(gap.missing == [Self.column])
        #expect(gap.missing.first?.description == "column status of tasks")
    }

    @Test func bothSidesOfADifferenceAreThere() {
        var live = Self.expected
        live.add(Self.column, .type, "text")
        live.add(Self.column, .comment, "state")
        let gap = SchemaGap(expected: Self.expected, live: live)
        #expect(
            gap.different == [
                .init(object: Self.column, property: .comment, expected: nil, found: "state"),
                .init(object: Self.column, property: .type, expected: "s.status", found: "text"),
            ])
    }

    @Test func whatNobodyExpectedIsUnknownAndNoGap() {
        var live = Self.expected
        live.add(CatalogObject(.column, "notes", of: "tasks"), .type, "text")
        live.add(CatalogObject(.table, "old_tasks"), .owner, "me")
        live.add(CatalogObject(.column, "id", of: "old_tasks"), .type, "integer")
        live.add(CatalogObject(.role, "somebody"), .attributes, "LOGIN")
        live.add(CatalogObject(.extension, "hstore"), .version, "1.8")
        let gap = SchemaGap(expected: Self.expected, live: live)
        #expect(gap.isClosed)
        #expect(gap.unknown == [CatalogObject(.table, "old_tasks"), CatalogObject(.column, "notes", of: "tasks")])
    }

    @Test func theOrderOfColumnsAndTheSizeOfTablesAreNobodysBusiness() {
        var live = Self.expected
        live.add(Self.column, .position, "7")
        live.add(Self.table, .bytes, "8192")
        #expect(SchemaGap(expected: Self.expected, live: live).isClosed)
    }

    /// Swift calls both equal; the server does not.
    @Test func textsOfOtherBytesAreOthers() {
        var expected = Self.expected
        expected.add(Self.column, .comment, "from K;")
        expected.add(CatalogObject(.partition, SchemaGap.anyPartition, of: "tasks"), .owner, "owner")
        for comment in ["from \u{212A};", "from K\u{37E}"] {
            var live = Self.expected
            live.add(Self.column, .comment, comment)
            let gap = SchemaGap(expected: expected, live: live)
            #expect(gap.different.map(\.property) == [.comment])
        }
        var live = Self.expected
        live.add(Self.column, .comment, "from K;")
        let partitions = ["e\u{301}", "\u{E9}"].map { CatalogObject(.partition, $0, of: "tasks") }
        for (partition, owner) in zip(partitions, ["me", "owner"]) { live.add(partition, .owner, owner) }
        let gap = SchemaGap(expected: expected, live: live)
        #expect(gap.different == [.init(object: partitions[0], property: .owner, expected: "owner", found: "me")])
    }

    // MARK: Partitions

    @Test func eachPartitionIsHeldToWhatTheyHaveInCommon() {
        var expected = Self.expected
        expected.add(CatalogObject(.partition, SchemaGap.anyPartition, of: "tasks"), .options, "fillfactor=90")
        var live = Self.expected
        let good = CatalogObject(.partition, "tasks_2025_01", of: "tasks")
        let bad = CatalogObject(.partition, "tasks_2025_02", of: "tasks")
        live.add(good, .options, "fillfactor=90")
        live.add(good, .bounds, "FOR VALUES FROM (1) TO (2)")
        live.add(bad, .bounds, "FOR VALUES FROM (2) TO (3)")
        let gap = SchemaGap(expected: expected, live: live)
        #expect(gap.different == [.init(object: bad, property: .options, expected: "fillfactor=90", found: nil)])
        #expect(gap.missing.isEmpty && gap.unknown.isEmpty)
    }

    // MARK: Options

    private static let view = CatalogObject(.view, "v")

    @Test(
        arguments: [
            // Of whom, expected, found, whether that differs, what is unknown.
            (table, nil, "fillfactor=80", false, ["fillfactor=80"]),
            (table, "fillfactor=80", nil, true, []),
            (table, "fillfactor=80", "autovacuum_enabled=false, fillfactor=80", false, ["autovacuum_enabled=false"]),
            (table, "fillfactor=80", "autovacuum_enabled=false, fillfactor=70", true, ["autovacuum_enabled=false"]),
            (view, "security_barrier=true", "security_barrier=true, security_invoker=true", true, []),
            (view, nil, "check_option=local", true, []),
        ] as [(CatalogObject, String?, String?, Bool, [String])])
    func anOptionThatNobodyExpectsIsUnknownButForAView(
        object: CatalogObject, wanted: String?, found: String?, differs: Bool, unknown: [String]
    ) {
        func facts(_ options: String?) -> CatalogFacts {
            var facts = Self.expected
            facts.add(object, .owner, "o")
            if let options { facts.add(object, .options, options) }
            return facts
        }
        let gap = SchemaGap(expected: facts(wanted), live: facts(found))
        #expect(gap.different.map(\.property) == (differs ? [.options] : []))
        #expect(gap.unknown == unknown.map { CatalogObject(.option, $0, of: object.name) })
    }

    // MARK: What undoes the schema

    @Test func whatOpensOrUndoesIsAGapThoughNobodyExpectedIt() {
        var expected = Self.expected
        expected.add(CatalogObject(.partition, SchemaGap.anyPartition, of: "tasks"), .owner, "owner")
        expected.add(CatalogObject(.trigger, "audit", of: "tasks"), .definition, "CREATE TRIGGER audit")
        var live = expected
        live.remove(CatalogObject(.partition, SchemaGap.anyPartition, of: "tasks"))
        live.add(CatalogObject(.partition, "tasks_1", of: "tasks"), .owner, "owner")
        live.add(CatalogObject(.table, "mine"), .owner, "me")
        let harmless: [(String, String, CatalogObject.Kind, CatalogProperty, String)] = [
            ("tasks", "some", .policy, .definition, "AS RESTRICTIVE FOR ALL"),
            ("tasks", "reports", .policy, .definition, "AS PERMISSIVE FOR SELECT TO reports USING (true)"),
            ("mine", "all", .policy, .definition, "AS PERMISSIVE FOR ALL"),
            ("mine", "none", .rule, .definition, "CREATE RULE none"),
            ("tasks_1", "other", .trigger, .state, "DISABLED"),
        ]
        for (relation, name, kind, property, value) in harmless {
            live.add(CatalogObject(kind, name, of: relation), property, value)
        }
        let quiet = SchemaGap(expected: expected, live: live)
        #expect(quiet.isClosed, "\(quiet)")
        #expect(
            quiet.unknown == [
                CatalogObject(.table, "mine"), CatalogObject(.policy, "reports", of: "tasks"),
                CatalogObject(.policy, "some", of: "tasks"),
            ])

        let harmful: [(String, String, CatalogObject.Kind, CatalogProperty, String)] = [
            ("tasks", "all", .policy, .definition, "AS PERMISSIVE FOR ALL"),
            ("tasks", "readers", .policy, .definition, "AS PERMISSIVE FOR SELECT TO reports USING (true)"),
            ("tasks", "none", .rule, .definition, "CREATE RULE none"),
            ("tasks_1", "some", .policy, .definition, "AS RESTRICTIVE FOR ALL"),
            ("tasks_1", "none", .rule, .definition, "CREATE RULE none"),
            ("tasks_1", "audit", .trigger, .state, "DISABLED"),
        ]
        for (relation, name, kind, property, value) in harmful {
            let object = CatalogObject(kind, name, of: relation)
            var harmed = live
            harmed.add(object, property, value)
            if kind == .policy { harmed.add(object, .appliesTo, "mcp_readonly") }
            let gap = SchemaGap(expected: expected, live: harmed)
            #expect(gap.different == [.init(object: object, property: property, expected: nil, found: value)])
            #expect(gap.unknown == quiet.unknown)
        }
    }

    /// An administrator sets the probes before the body; a line of the body that looks like it is code.
    @Test func theBodyOfAFunctionIsComparedWhole() {
        let function = CatalogObject(.function, "search()")
        func definition(_ settings: String, _ body: String) -> CatalogFacts {
            Self.facts(
                (
                    function, .definition,
                    "CREATE OR REPLACE FUNCTION search()\n\(settings)AS $function$\n\(body)$function$\n"
                ))
        }
        let expected = definition("", "SELECT 1\n")
        #expect(
            SchemaGap(expected: expected, live: definition(" SET \"ivfflat.probes\" TO '40'\n", "SELECT 1\n")).isClosed)
        #expect(!SchemaGap(expected: expected, live: definition("", " SET ivfflat.probes TO 1; \nSELECT 1\n")).isClosed)
    }

    @Test func storageIsComparedWhereTheSchemaSetsIt() {
        var set = Self.expected
        set.add(Self.column, .storage, "EXTERNAL")
        #expect(SchemaGap(expected: Self.expected, live: set).isClosed)
        #expect(SchemaGap(expected: set, live: Self.expected).different.map(\.property) == [.storage])
    }

    // MARK: Extensions

    private static let trigrams = CatalogObject(.extension, "pg_trgm")

    private static let optional: CatalogFacts = {
        var facts = expected
        facts.add(trigrams, .requirement, "optional")
        facts.add(index, .definition, "CREATE INDEX ON s.tasks USING gin (title public.gin_trgm_ops)")
        facts.add(index, .extension, "pg_trgm")
        return facts
    }()

    @Test func whatIsOptionalMayBeAbsentTogether() {
        let gap = SchemaGap(expected: Self.optional, live: Self.expected)
        #expect(gap.isClosed)
        #expect(gap.absent == [Self.trigrams, Self.index])
    }

    @Test func withTheExtensionItsIndexIsExpected() {
        var live = Self.expected
        live.add(Self.trigrams, .version, "1.6")
        let gap = SchemaGap(expected: Self.optional, live: live)
        #expect(gap.missing == [Self.index])
        #expect(gap.absent.isEmpty)
    }

    @Test(arguments: [("0.8.0", true), ("0.10", true), ("1.0", true), ("0.7.4", false), ("0.8", true), ("0", false)])
    func aVersionIsComparedByItsNumbers(version: String, isEnough: Bool) {
        let vector = CatalogObject(.extension, "vector")
        let gap = SchemaGap(
            expected: Self.facts((vector, .requirement, "at least 0.8")), live: Self.facts((vector, .version, version)))
        #expect(gap.isClosed == isEnough)
        #expect(
            isEnough
                || gap.different == [
                    .init(object: vector, property: .version, expected: "at least 0.8", found: version)
                ])
    }

    // MARK: Servers that nobody has recorded

    @Test func aDeparseThatWasNeverRecordedIsNotCountedAsEqualNorAsDifferent() {
        var live = Self.expected
        live.add(Self.column, .default, "CAST('new' AS s.status)")
        live.add(Self.column, .type, "text")
        let gap = SchemaGap(expected: Self.expected, live: live, isRecorded: false)
        #expect(gap.notCompared.map(\.property) == [.default])
        #expect(gap.different.map(\.property) == [.type])
        #expect(!gap.isClosed)
    }

    @Test func equalTextsAreEqualOnAnyServer() {
        #expect(SchemaGap(expected: Self.expected, live: Self.expected, isRecorded: false).isClosed)
    }
}
