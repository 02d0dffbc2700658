import CivilTime
import Maintenance
import Reporting
import SQLText
import Testing

@testable import Commands

@Suite("History text")
struct HistoryTextTests {
    static let runs = [
        SampleAnswers.run(.views, 180, .running, took: nil),
        SampleAnswers.run(.views, 1_200, .incomplete, took: 61) {
            $0.attempt = 2
            ($0.figures.done, $0.figures.postponed) = (1, 1)
        },
        SampleAnswers.run(.partitions, 90_000) { run in
            run.tasks = TaskKind.allCases
            run.due = nil
            run.figures.done = 4
            run.owner.run.host = "db2.example"
        },
    ]

    static var detail: LedgerRunDetail {
        LedgerRunDetail(
            run: SampleAnswers.run(.views, 1_200, .incomplete, took: 61) {
                $0.failure = ServerFailure(
                    failureClass: .connection, sqlState: .adminShutdown, message: "the server stopped")
            },
            database: "shop",
            steps: [
                LedgerStep(
                    number: 1, task: .views, object: SampleAnswers.name("daily"),
                    action: "refresh materialized view concurrently shop.daily", outcome: .done,
                    startedAt: SampleAnswers.ago(1_199), duration: .milliseconds(1_234), lockWait: .milliseconds(3),
                    attempts: 2, figures: [.bytes: 81_920]),
                LedgerStep(
                    number: 2, task: .views, object: SampleAnswers.name("weekly"),
                    action: "refresh materialized view concurrently shop.weekly", outcome: .failed,
                    startedAt: SampleAnswers.ago(1_198), duration: .seconds(60), failureClass: .connection,
                    sqlState: .adminShutdown, message: "the server stopped"),
            ],
            refusals: [
                Refusal(
                    task: .views, object: SampleAnswers.name("plain"), reason: .missing, explanation: "it has no index",
                    cure: "create one")
            ],
            heldLocks: [
                HeldRunLock(
                    task: .statistics, pid: 99, application: "pgtend", user: "u", client: "local socket",
                    since: SampleAnswers.ago(4_000))
            ])
    }

    private func text(_ content: DatabaseHistory.Content) -> String {
        HistoryText(DatabaseHistory(database: "shop", now: SampleAnswers.now, content: content)).rendered
    }

    @Test func isALineForEachRun() {
        #expect(
            text(.runs(Self.runs)) == """
                shop at 2026-11-23 03:20:14 UTC: 3 runs
                  started              tasks  due                     took       state       steps                \
                host         run
                  2026-11-23 03:17:14  views  2026-11-23 03:15:00                running                          \
                db1          aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                  2026-11-23 03:00:14  views  2026-11-23 03:00:00 #2  1 min 1 s  incomplete  1 postponed, 1 done  \
                db1          aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                  2026-11-22 02:20:14  all    by hand                 2.0 s      completed   4 done               \
                db2.example  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                """)
    }

    @Test func showsOneRunWithItsSteps() {
        #expect(
            text(.run(Self.detail)) == """
                run aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                  database  shop
                  tasks     views
                  due       2026-11-23 03:00:00, attempt 1
                  started   2026-11-23 03:00:14 (20 min ago)
                  took      1 min 1 s
                  state     not completed: the server stopped (SQLSTATE 57P01)
                  owner     pgtend serve 0.2.0, pid 4711 on db1, session 815 on the server
                  refused   shop.plain: it has no index; advice: create one
                  held      statistics by pid 99 since 2026-11-23 02:13:34

                  #  outcome  took       waited  tries  step
                  1  done     1.2 s      3 ms    2      refresh materialized view concurrently shop.daily \
                (81920 bytes)
                  2  failed   1 min 0 s          1      refresh materialized view concurrently shop.weekly: the \
                server stopped (SQLSTATE 57P01)
                """)
    }

    @Test func saysWhyThereIsNothing() {
        #expect(text(.nothing(reason: "no ledger\u{1B}")) == "shop: no ledger\\u{1b}")
        #expect(text(.runs([])) == "shop at 2026-11-23 03:20:14 UTC: 0 runs")
    }

    @Test func writesNoNameThatCouldDoSomethingToATerminal() {
        let nasty = "a\n\u{1B}[2J\u{202E}b"
        var detail = Self.detail
        detail.database = nasty
        detail.run.owner.run = RunOwner(runID: nasty, host: nasty, pid: 1, startedAt: SampleAnswers.now)
        detail.run.owner.application = nasty
        detail.run.owner.programVersion = nasty
        detail.run.failure?.message = nasty
        detail.steps[0].action = nasty
        detail.steps[1].message = nasty
        detail.refusals[0].explanation = nasty
        detail.refusals[0].object = RelationName(schema: nasty, name: nasty)
        for text in [text(.run(detail)), text(.runs([detail.run]))] {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(String(line).visible == line)
            }
        }
    }
}
