import TestSupport
import Testing

@testable import SchemaDesign

/// Facts in, steps out: no server.
@Suite("Planner of the repair")
struct SchemaPlannerTests {
    private static func facts(_ lines: [(CatalogObject, CatalogProperty, String)]) -> CatalogFacts {
        lines.reduce(into: CatalogFacts()) { $0.add($1.0, $1.1, $1.2) }
    }

    private static let table = CatalogObject(.table, "things")
    private static let id = (CatalogObject(.column, "id", of: "things"), CatalogProperty.type, "integer")

    private static func plan(
        expected: [(CatalogObject, CatalogProperty, String)], live: [(CatalogObject, CatalogProperty, String)],
        answers: [SchemaQuestion: [SchemaQuestion.Obstacle]] = [:], deadline: Duration = .milliseconds(200),
        major: Int = 18
    ) throws -> SchemaPlanner {
        let verification = SchemaVerification(
            schema: "s", major: major, expected: facts(expected), live: facts(live), isRecorded: true)
        return try SchemaPlanner(
            verification, schema: "s", rules: [], choices: RepairChoices(), answers: answers, deadline: deadline)
    }

    private static func statements(_ planner: SchemaPlanner) -> [String] {
        planner.result.steps.flatMap { step -> [String] in
            if case .inBatches(let backfill) = step.execution {
                return backfill.tables.map {
                    "UPDATE \($0.name) SET \(backfill.assignment) WHERE \(backfill.condition)"
                }
            }
            return step.statements
        }
    }

    @Test func aMissingColumnIsAddedUnderOneShortLock() throws {
        let planner = try Self.plan(
            expected: [
                (Self.table, .owner, "o"), Self.id, (.init(.column, "note", of: "things"), .type, "text"),
                (.init(.column, "kind", of: "things"), .type, "text"),
                (.init(.column, "kind", of: "things"), .null, "NOT NULL"),
                (.init(.column, "kind", of: "things"), .default, "'plain'::text"),
            ],
            live: [(Self.table, .owner, "o"), Self.id])
        let steps = planner.result.steps
        try #require(steps.count == 1)
        #expect(steps[0].execution == .briefly([.init(.accessExclusive, on: .init(schema: "s", name: "things"))]))
        #expect(
            steps[0].statements == [
                #"ALTER TABLE "s"."things" ADD COLUMN "kind" text DEFAULT 'plain'::text NOT NULL"#,
                #"ALTER TABLE "s"."things" ADD COLUMN "note" text"#,
            ])
    }

    @Test func aColumnThatSomebodyMayHaveRenamedIsNamed() throws {
        let names = ["note", "label"].map { CatalogObject(.column, $0, of: "things") }
        let found = [("remark", "text"), ("size", "integer"), ("pgtend_old_note", "text")].map { name, type in
            (CatalogObject(.column, name, of: "things"), CatalogProperty.type, type)
        }
        let owner = (Self.table, CatalogProperty.owner, "o")
        let planner = try Self.plan(
            expected: [owner, Self.id, (names[0], .type, "text")], live: [owner, Self.id] + found)
        #expect(
            planner.result.notes == [
                "things: note is missing, and is added without values; where it is remark under another name, rename that "
                    + #"first: ALTER TABLE "s"."things" RENAME COLUMN … TO "note""#
            ])
        let other = try Self.plan(
            expected: [owner, Self.id, (names[1], .type, "uuid")], live: [owner, Self.id] + found)
        #expect(other.result.notes == [])
    }

    @Test func aColumnThatNothingFillsIsAskedForFirst() throws {
        let kind = CatalogObject(.column, "kind", of: "things")
        let expected = [
            (Self.table, CatalogProperty.owner, "o"), Self.id, (kind, .type, "text"), (kind, .null, "NOT NULL"),
        ]
        let live = [(Self.table, CatalogProperty.owner, "o"), Self.id]
        let open = try Self.plan(expected: expected, live: live).openQuestions.filter { $0.object == kind }
        try #require(open.count == 1)
        let empty = try Self.plan(expected: expected, live: live, answers: [open[0]: []])
        #expect(empty.result.refusals == [])
        let filled = try Self.plan(
            expected: expected, live: live, answers: [open[0]: [.init(value: nil, count: 7)]])
        #expect(filled.result.refusals.map(\.object) == [kind])
        #expect(filled.result.refusals[0].reason.hasPrefix("7 row(s): "))
    }

    @Test func anEnumComesByANewColumnAndASwap() throws {
        let status = CatalogObject(.column, "status", of: "things")
        let type = CatalogObject(.type, "state")
        let planner = try Self.plan(
            expected: [
                (Self.table, .owner, "o"), Self.id, (type, .definition, "ENUM ('on', 'off')"), (type, .owner, "o"),
                (status, .type, "s.state"), (status, .null, "NOT NULL"), (status, .default, "'on'::s.state"),
            ],
            live: [(Self.table, .owner, "o"), Self.id, (status, .type, "text"), (status, .null, "NOT NULL")])
        let all = Self.statements(planner)
        let order = [
            "CREATE TYPE", #"ADD COLUMN "pgtend_new_status" s.state"#, "CREATE OR REPLACE TRIGGER",
            #"UPDATE things SET "pgtend_new_status" ="#, "RAISE check_violation", "NOT VALID", "VALIDATE CONSTRAINT",
            #"RENAME COLUMN "status" TO "pgtend_old_status""#, #"RENAME COLUMN "pgtend_new_status" TO "status""#,
            "SET NOT NULL",
        ]
        let places = order.map { part in all.firstIndex { $0.contains(part) } }
        #expect(
            places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(all)"
        )
        // What has no value of the type is counted beforehand, without the type.
        #expect(
            planner.openQuestions.contains {
                $0.query.contains("NOT IN ('on', 'off')") && !$0.query.contains("s.state")
            })
    }

    /// Rows are rewritten under a lock only as many as the deadline allows.
    @Test(arguments: [(4_194_304, 200, false), (4_300_000, 200, true), (300_000, 12, true), (200_000, 12, false)])
    func aShortDeadlineIsForFewRows(bytes: Int, milliseconds: Int, isConverted: Bool) throws {
        let size = CatalogObject(.column, "size", of: "things")
        let planner = try Self.plan(
            expected: [(Self.table, .owner, "o"), Self.id, (size, .type, "bigint")],
            live: [(Self.table, .owner, "o"), (Self.table, .bytes, "\(bytes)"), Self.id, (size, .type, "integer")],
            deadline: .milliseconds(milliseconds))
        #expect(Self.statements(planner).contains { $0.contains("pgtend_new_size") } == isConverted)
    }

    private static func partitioned(_ more: [(CatalogObject, CatalogProperty, String)]) -> [(
        CatalogObject, CatalogProperty, String
    )] {
        [
            (table, .partitionKey, "RANGE (at)"), id, (.init(.column, "at", of: "things"), .type, "date"),
            (.init(.table, "kinds"), .owner, "o"), (.init(.column, "id", of: "kinds"), .type, "integer"),
        ] + more
    }
    private static let partitions = ["things_1", "things_2"].map {
        (CatalogObject(.partition, $0, of: "things"), CatalogProperty.owner, "o")
    }

    @Test func anIndexOfPartitionsIsBuiltLeafByLeaf() throws {
        let index = CatalogObject(.index, "things_id_idx", of: "things")
        let planner = try Self.plan(
            expected: Self.partitioned([(index, .definition, "CREATE INDEX ON s.things USING btree (id)")]),
            live: Self.partitioned(Self.partitions))
        #expect(
            Self.statements(planner) == [
                #"CREATE INDEX "things_id_idx" ON ONLY "s"."things" USING btree (id)"#,
                #"CREATE INDEX CONCURRENTLY "things_1_id_idx" ON "s"."things_1" USING btree (id)"#,
                #"CREATE INDEX CONCURRENTLY "things_2_id_idx" ON "s"."things_2" USING btree (id)"#,
                #"ALTER INDEX "s"."things_id_idx" ATTACH PARTITION "s"."things_1_id_idx""#,
                #"ALTER INDEX "s"."things_id_idx" ATTACH PARTITION "s"."things_2_id_idx""#,
            ])
    }

    private static let state = CatalogObject(.type, "state")
    private static let status = CatalogObject(.column, "status", of: "things")

    /// - Parameter found: the definition of the type in the live database.
    private static func planType(_ found: String) throws -> SchemaPlanner {
        let same = [
            (table, CatalogProperty.owner, "o"), id, (status, .type, "s.state"), (status, .default, "'a'::s.state"),
            (state, .owner, "o"),
        ]
        return try plan(
            expected: same + [(state, .definition, "ENUM ('a', 'b', 'it''s', 'd')")],
            live: same + [(state, .definition, found)])
    }

    @Test func aTypeGetsTheValuesThatItLacksWhereTheyBelong() throws {
        #expect(
            Self.statements(try Self.planType("ENUM ('b')")) == [
                #"ALTER TYPE "s"."state" ADD VALUE 'a' BEFORE 'b'"#,
                #"ALTER TYPE "s"."state" ADD VALUE 'it''s' AFTER 'b'"#,
                #"ALTER TYPE "s"."state" ADD VALUE 'd' AFTER 'it''s'"#,
            ])
    }

    /// None can be taken back, and their order stays. All that follows is in the same plan.
    @Test(arguments: ["ENUM ('b', 'a')", "ENUM ('a', 'e')", "ENUM ()"])
    func aTypeWithOtherValuesIsSetAsideAndItsColumnsAreConverted(found: String) throws {
        let planner = try Self.planType(found)
        #expect(planner.result.refusals == [])
        let statements = Self.statements(planner)
        #expect(
            statements.starts(with: [
                #"ALTER TYPE "s"."state" RENAME TO "pgtend_old_state""#,
                #"CREATE TYPE "s"."state" AS ENUM ('a', 'b', 'it''s', 'd')"#,
                #"ALTER TYPE "s"."state" OWNER TO "o""#,
                #"ALTER TABLE "s"."things" ADD COLUMN "pgtend_new_status" s.state"#,
            ]), "\(statements)")
        #expect(statements.contains(#"ALTER TABLE "s"."things" RENAME COLUMN "status" TO "pgtend_old_status""#))
        // Which of the rows' values the type does not have is asked before anything is done.
        #expect(planner.openQuestions.contains { $0.object == Self.status && $0.source != .catalogs })
    }

    /// Membership alone gives it nothing on 15; from 16 on the grant says whether it does.
    @Test(arguments: [15, 16], [true, false])
    func aFormerOwnerThatDoesNotInheritGoesOn(major: Int, inherits: Bool) throws {
        let rights = (Self.table, CatalogProperty.grants(to: "app"), "INSERT, SELECT")
        let (home, former) = (CatalogObject(.schema, "s"), CatalogObject(.role, "former"))
        let kept = inherits ? [] : [(former, CatalogProperty.inheritance, "NOINHERIT")]
        let planner = try Self.plan(
            expected: [(home, .owner, "o"), (Self.table, .owner, "o"), rights, Self.id],
            live: [
                (home, .owner, "o"), (Self.table, .owner, "former"), (former, .attributes, "LOGIN"), rights, Self.id,
            ]
                + kept,
            major: major)
        let statements = Self.statements(planner)
        #expect(statements.contains("GRANT \"app\" TO \"former\"\(major < 16 ? "" : " WITH INHERIT TRUE")"))
        let stays = major < 16 && !inherits
        #expect(
            statements.contains { $0.hasPrefix("REVOKE SELECT, INSERT, UPDATE, DELETE") } == !stays, "\(statements)")
        #expect(planner.result.notes.contains { $0.contains("it keeps its privileges on each table") } == stays)
    }

    /// The server refuses some of it, and verify the rest.
    @Test(arguments: ["pg_database_owner", "app"])
    func aFormerOwnerThatIsASpecialRoleBecomesNoMember(former: String) throws {
        let home = CatalogObject(.schema, "s")
        let rights = (Self.table, CatalogProperty.grants(to: "app"), "INSERT, SELECT")
        let role = (CatalogObject(.role, "app"), CatalogProperty.attributes, "NOLOGIN")
        let planner = try Self.plan(
            expected: [(home, .owner, "o"), (Self.table, .owner, "o"), rights, role, Self.id],
            live: [(home, .owner, "o"), (Self.table, .owner, former), rights, role, Self.id])
        #expect(!Self.statements(planner).contains { $0.hasPrefix("GRANT \"app\" TO") }, "\(Self.statements(planner))")
    }

    @Test func aMembershipBetweenTheRolesIsRefusedBeforeAnythingIsInstalled() throws {
        let role = CatalogObject(.role, "o")
        let planner = try Self.plan(
            expected: [(Self.table, .owner, "o"), Self.id, (role, .attributes, "NOLOGIN")],
            live: [(role, .attributes, "NOLOGIN"), (role, .members, #"a, "B c""#)])
        #expect(planner.result.refusals.map(\.cure) == [#"run: REVOKE "o" FROM a, "B c""#])
    }

    @Test func whatARoleShouldNotBeIsRefused() throws {
        let roles = ["a", "b"].map { CatalogObject(.role, $0) }
        let live = [(roles[0], CatalogProperty.attributes, "LOGIN CREATEDB BYPASSRLS"), (Self.table, .owner, "o")]
        let planner = try Self.plan(
            expected: [
                (roles[0], .attributes, "NOLOGIN"), (roles[1], .attributes, "NOLOGIN"), (Self.table, .owner, "o"),
            ], live: live)
        #expect(
            planner.result.refusals.map(\.cure) == [#"run: ALTER ROLE "a" NOLOGIN NOCREATEDB NOBYPASSRLS"#])
        // One file makes what is missing, another lets it use the extensions.
        #expect(planner.result.steps.map(\.object) == [roles[1], roles[1]])
        let only = try Self.plan(expected: [(roles[0], .attributes, "NOLOGIN"), (Self.table, .owner, "o")], live: live)
        #expect(only.result.steps == [] && only.result.refusals.count == 1)
    }

    @Test func aForeignKeyOfPartitionsIsValidatedLeafByLeaf() throws {
        let key = CatalogObject(.constraint, "things_id_fkey", of: "things")
        let planner = try Self.plan(
            expected: Self.partitioned([(key, .definition, "FOREIGN KEY (id) REFERENCES s.kinds(id)")]),
            live: Self.partitioned(Self.partitions))
        let all = Self.statements(planner)
        #expect(all.count { $0.hasSuffix("NOT VALID") } == 2 && all.count { $0.contains("VALIDATE") } == 2)
        #expect(
            all.last
                == #"ALTER TABLE "s"."things" ADD CONSTRAINT "things_id_fkey" FOREIGN KEY (id) REFERENCES s.kinds(id)"#)
    }

    @Test func aLargeTableWithoutItsPartitionsIsLeftAlone() throws {
        let planner = try Self.plan(
            expected: Self.partitioned([(.init(.column, "note", of: "things"), .type, "text")]),
            live: [
                (Self.table, .bytes, "200000000"), Self.id, (.init(.table, "kinds"), .owner, "o"),
                (.init(.column, "id", of: "kinds"), .type, "integer"),
            ])
        #expect(planner.result.refusals.map(\.object) == [Self.table])
        #expect(planner.result.refusals[0].reason.contains("which are copied in about 10 s"))
        #expect(planner.result.refusals[0].cure.contains("PGTEND_LOCK_TIMEOUT=21s PGTEND_LOCK_BUDGET_PER_HOUR=42s"))
        #expect(Self.statements(planner) == [])
    }

    @Test(arguments: [("id", 0), ("at", 1)])
    func anIndexThatWasMadeForAKeyIsTaken(column: String, refusals: Int) throws {
        let key = CatalogObject(.constraint, "things_id_key", of: "things")
        let at = (CatalogObject(.column, "at", of: "things"), CatalogProperty.type, "date")
        let index = CatalogObject(.index, "things_id_key", of: "things")
        let planner = try Self.plan(
            expected: [(Self.table, .owner, "o"), Self.id, at, (key, .definition, "UNIQUE (id)")],
            live: [
                (Self.table, .owner, "o"), Self.id, at,
                (index, .definition, "CREATE UNIQUE INDEX ON s.things USING btree (\(column))"),
            ])
        #expect(planner.result.refusals.count == refusals)
        #expect(
            Self.statements(planner).last
                == #"ALTER TABLE "s"."things" ADD CONSTRAINT "things_id_key" UNIQUE USING INDEX "things_id_key""#)
    }

    @Test func aNameThatSomethingElseHasIsARefusal() throws {
        let index = CatalogObject(.index, "things_id_idx", of: "things")
        let kinds = [
            (CatalogObject(.table, "kinds"), CatalogProperty.owner, "o"),
            (CatalogObject(.column, "id", of: "kinds"), .type, "integer"),
        ]
        let planner = try Self.plan(
            expected: [
                (Self.table, .owner, "o"), Self.id, (index, .definition, "CREATE INDEX ON s.things USING btree (id)"),
            ] + kinds,
            live: [
                (Self.table, .owner, "o"), Self.id,
                (.init(.index, "things_id_idx", of: "kinds"), .definition, "CREATE INDEX ON s.kinds USING btree (id)"),
            ] + kinds)
        #expect(planner.result.refusals.map(\.object) == [index])
        #expect(planner.result.refusals[0].reason.contains("index things_id_idx of kinds"))
    }
}
