import CivilTime
import Maintenance
import Testing

@testable import Commands

@Suite("Plan text")
struct PlanTextTests {
    @Test func printsLocksAndReasonsOnce() throws {
        var plan = SampleAnswers.plan
        plan.work.steps = [
            SampleAnswers.create(
                "orders", "2026-12-01", "2027-01-01", "month 1 of the 3 to have in advance", rest: "orders_rest"),
            SampleAnswers.create(
                "orders", "2027-01-01", "2027-02-01", "month 2 of the 3 to have in advance", rest: "orders_rest"),
            SampleAnswers.refresh("daily"), SampleAnswers.refresh("weekly"), SampleAnswers.update(tenant: "1"),
            SampleAnswers.update(tenant: "2"),
        ]
        plan.work.inferences = [
            Finding(task: .partitions, object: SampleAnswers.name("orders"), message: "one partition a month"),
            Finding(task: .partitions, object: SampleAnswers.name("quiet"), message: "one partition a day"),
        ]
        plan.work.findings = [
            Finding(task: .partitions, object: SampleAnswers.name("orders"), message: "something to know")
        ]
        plan.work.runways = [
            Runway(
                table: SampleAnswers.name("orders"), until: SampleAnswers.instant("2026-12-01"), isZoned: false,
                remaining: .seconds(8 * 86_400)),
            Runway(
                table: SampleAnswers.name("rest"), until: nil, isZoned: false,
                defaultPartition: SampleAnswers.name("rest_default")),
            Runway(table: SampleAnswers.name("stuck"), until: nil, isZoned: false),
            Runway(table: SampleAnswers.name("quiet"), until: nil, isZoned: true, isUnbounded: true),
        ]
        plan.work.refusals = [
            Refusal(
                task: .partitions, object: SampleAnswers.name("hashed"), reason: .notRangePartitioned,
                explanation: "it is partitioned by HASH", cure: "leave it alone")
        ]
        plan.missingSchemas = ["shpo"]
        #expect(
            try PlanText(SampleAnswers.planned(plan)).rendered == """
                plan for shop at 2026-11-23 00:00:00+00

                partitions
                  shop.hashed
                      refused  it is partitioned by HASH
                      advice   leave it alone
                  shop.orders  writes succeed until 2026-12-01 00:00:00 (8 days)
                      grid     one partition a month
                      note     something to know
                      create   shop.orders_2026_12  [2026-12-01, 2027-01-01)  month 1 of the 3 to have in advance
                      create   shop.orders_2027_01  [2027-01-01, 2027-02-01)  month 2 of the 3 to have in advance
                      lock     SHARE UPDATE EXCLUSIVE on shop.orders
                      lock     ACCESS EXCLUSIVE on shop.orders_rest
                  shop.quiet   writes succeed without end
                  shop.rest    rows for now go to the DEFAULT partition shop.rest_default
                  shop.stuck   no partition for the present: writes fail now

                views
                  shop.daily
                  shop.weekly
                      refresh  concurrently: it is due
                      lock     EXCLUSIVE on the view

                statistics
                  shop.figures
                      update   from shop.documents: 2 tenants, a transaction each
                      why      it is due
                      lock     ROW EXCLUSIVE on shop.figures

                schemas
                  shpo  does not exist
                      cure     create it, or name the schemas to watch: --schema NAME, PGTEND_SCHEMAS, or schemas: in \
                the configuration

                locks: a step gives up after 200 ms of waiting for them, and is tried 5 times
                  ROW EXCLUSIVE           readers and writers go on
                  SHARE UPDATE EXCLUSIVE  readers and writers go on; other DDL, VACUUM and ANALYZE wait
                  EXCLUSIVE               readers go on, writers wait
                  ACCESS EXCLUSIVE        readers and writers wait

                6 steps: 2 partitions to create, 2 views to refresh, statistics of 2 tenants to update; 1 refused
                """)
    }

    @Test func saysThatThereIsNothingToDo() throws {
        #expect(
            try PlanText(SampleAnswers.planned(SampleAnswers.plan)).rendered
                == "plan for shop at 2026-11-23 00:00:00+00\n\nnothing to do")
    }

    @Test func saysThatThereIsNothingToTend() throws {
        var plan = SampleAnswers.plan
        plan.work.objectsInView = 0
        #expect(
            try PlanText(SampleAnswers.planned(plan)).rendered.hasSuffix(
                "\n\nnothing to tend: no partitioned table, no materialized view and no corpus in schema shop"))
    }

    /// A view that is refreshed in another way, or for another reason, stands on its own.
    @Test func keepsApartWhatIsRefreshedDifferently() throws {
        var plan = SampleAnswers.plan
        plan.work.steps = [
            SampleAnswers.refresh("daily"), SampleAnswers.refresh("first", .initial), SampleAnswers.refresh("weekly"),
        ]
        let lines = try PlanText(SampleAnswers.planned(plan)).rendered.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("      refresh  ") } == 3)
        #expect(lines.contains("      refresh  for the first time: it is due"))
        #expect(lines.contains("      lock     ACCESS EXCLUSIVE on the view"))
    }

    /// A name, a reason or a cure with a newline in it takes one line, and the script none outside its comments.
    @Test func keepsEveryNameOnItsLine() throws {
        let evil = "x\n; DROP TABLE y; --\u{1B}[2J"
        var plan = SampleAnswers.plan
        plan.work.steps = [SampleAnswers.refresh(evil)]
        plan.work.findings = [Finding(task: .partitions, object: SampleAnswers.name(evil), message: evil)]
        plan.work.refusals = [
            Refusal(
                task: .partitions, object: SampleAnswers.name(evil), reason: .overlap, explanation: evil,
                cure: .advice(evil))
        ]
        plan.missingSchemas = [evil]
        for text in [
            try PlanText(SampleAnswers.planned(plan)).rendered,
            try SampleAnswers.script(plan),
        ] {
            #expect(!text.split(separator: "\n").contains { $0.hasPrefix("; DROP") && !text.contains("\"x\n; DROP") })
        }
        let text = try PlanText(SampleAnswers.planned(plan)).rendered
        #expect(!text.contains("\u{1B}"))
        // In the script the name stands raw in one place: the statement, between its quotes.
        let script = try SampleAnswers.script(plan)
        #expect(script.split(separator: "\n; DROP", omittingEmptySubsequences: false).count == 2)
        #expect(script.contains("CONCURRENTLY \"shop\".\"x\n; DROP TABLE y; --\u{1B}[2J\";"))
    }

    @Test func beginsAScriptWithTheSessionsSettings() throws {
        var plan = SampleAnswers.plan
        plan.work.steps = [SampleAnswers.refresh("daily")]
        let statements = try SampleAnswers.script(plan).split(separator: "\n")
            .filter { !$0.hasPrefix("--") }
        #expect(statements.first?.hasPrefix("SET ") == true)
        #expect(statements.contains("SET row_security = 'off';"))
        #expect(statements.contains("SET search_path = pg_catalog, pg_temp;"))
        #expect(statements.last == "COMMIT;")
        // Whatever the role or the database has as its default.
        #expect(statements.contains("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"))
        #expect(!statements.contains("BEGIN;"))
        plan.work.steps = []
        let empty = try SampleAnswers.script(plan)
        #expect(empty.split(separator: "\n").allSatisfy { $0.hasPrefix("--") })
    }
}
