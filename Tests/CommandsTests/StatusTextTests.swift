import CivilTime
import Maintenance
import Reporting
import SQLText
import Testing

@testable import Commands

@Suite("Status text")
struct StatusTextTests {
    private func text(_ status: DatabaseStatus) -> String { StatusText(status).rendered }

    @Test func isOneScreenWhenAllIsWell() {
        #expect(
            text(SampleAnswers.status()) == """
                shop at 2026-11-23 03:20:14 UTC: all is well

                  task        schedule     last run                     next due
                  partitions  every 1h     20 min ago: nothing to do    in 39 min, 2026-11-23 04:00:00
                  views       every 15min  5 min ago: 2 done            in 9 min, 2026-11-23 03:30:00
                  statistics  every 15min  5 min ago: 1 failed, 3 done  in 9 min, 2026-11-23 03:30:00

                  table        runway       writes succeed until
                  shop.orders  7 days       2026-12-01 00:00:00+00
                  shop.log     98 days      2027-03-01 00:00:00
                  shop.rest    without end

                  view         refreshed                       took
                  shop.daily   never
                  shop.weekly  5 min ago  2026-11-23 03:15:01  1.2 s
                """)
    }

    @Test func beginsWithWhatNeedsSomebody() {
        var plan = SampleAnswers.tendedPlan
        plan.work.runways = [
            Runway(table: SampleAnswers.name("stuck"), until: nil, isZoned: true),
            Runway(
                table: SampleAnswers.name("spilling"), until: nil, isZoned: true,
                defaultPartition: SampleAnswers.name("spilling_rest")),
        ]
        plan.work.refusals = [
            Refusal(
                task: .partitions, object: SampleAnswers.name("hashed"), reason: .notRangePartitioned,
                explanation: "it is partitioned by HASH", cure: "leave it alone")
        ]
        plan.missingSchemas = ["shpo"]
        var ledger = SampleAnswers.ledger
        ledger.streaks = [
            LedgerFailureStreak(
                task: .views, failures: 12, since: SampleAnswers.ago(8_400), reason: "permission denied\u{1B}[2J"),
            LedgerFailureStreak(task: .statistics, failures: 1, since: SampleAnswers.ago(60)),
        ]
        ledger.latestSlots[.partitions] = SampleAnswers.slot(.partitions, due: SampleAnswers.instant("2026-11-22"))
        ledger.passed = [
            SampleAnswers.slot(.views, due: SampleAnswers.ago(3_000), .missed, reason: "no service ran"),
            SampleAnswers.slot(.views, due: SampleAnswers.ago(4_000), .skipped, reason: "a run was at work"),
        ]
        let status = SampleAnswers.status(plan: plan, ledger: ledger)
        #expect(status.status == .failed)
        #expect(
            text(status) == """
                shop at 2026-11-23 03:20:14 UTC: 5 things need attention
                  ! critical: shop.spilling has no partition for the present: rows for now go to the DEFAULT partition \
                shop.spilling_rest, where they keep one from being made
                  ! critical: shop.stuck has no partition for the present: writes into it fail now
                  ! partitions due at 2026-11-23 03:00:00 (20 min ago) have not begun: is the service running?
                  ! views failed 12 times in a row since 2026-11-23 01:00:14 (2 h 20 min ago): permission \
                denied\\u{1b}[2J
                  ! statistics failed at 2026-11-23 03:19:14 (1 min ago)
                  - views of the last day: 1 missed (no service ran), 1 skipped (a run was at work), the last one \
                due at 2026-11-23 02:30:14
                  - 1 object not tended: `pgtend plan` says why
                  - schema shpo does not exist; create it, or name the schemas to watch: --schema NAME, \
                PGTEND_SCHEMAS, or schemas: in the configuration

                  task        schedule     last run                     next due
                  partitions  every 1h     20 min ago: nothing to do    in 39 min, 2026-11-23 04:00:00
                  views       every 15min  5 min ago: 2 done            in 9 min, 2026-11-23 03:30:00
                  statistics  every 15min  5 min ago: 1 failed, 3 done  in 9 min, 2026-11-23 03:30:00

                  table          runway  writes succeed until
                  shop.spilling  0       into shop.spilling_rest
                  shop.stuck     0       they fail now

                  view         refreshed                       took
                  shop.daily   never
                  shop.weekly  5 min ago  2026-11-23 03:15:01  1.2 s
                """)
    }

    /// The issue: a table that nothing extends runs out in minutes, and "all is well".
    @Test func aRefusedTableThatRunsOutIsNotWell() {
        let table = SampleAnswers.name("orders")
        let refusal = Refusal(
            task: .partitions, object: table, reason: .unknownNaming, explanation: "its names follow from nothing",
            cure: .statement("ALTER TABLE a RENAME TO b"))
        var plan = SampleAnswers.tendedPlan
        func status(left: Duration, _ alarm: RunwayAlarm) -> DatabaseStatus {
            plan.work.refusals = [refusal]
            plan.work.runways = [
                Runway(
                    table: table, until: SampleAnswers.instant("2026-12-01"), isZoned: true, remaining: left,
                    alarm: alarm)
            ]
            return SampleAnswers.status(plan: plan)
        }
        let alarm = RunwayAlarm(warning: .seconds(42 * 86_400), critical: .seconds(30 * 86_400))
        let critical = status(left: .seconds(12 * 60), alarm)
        #expect(critical.status == .failed)
        #expect(
            critical.troubles == [
                "critical: shop.orders has partitions for 12 min only, until 2026-12-01T00:00:00Z; it is not tended: its "
                    + "names follow from nothing; cure: ALTER TABLE a RENAME TO b"
            ])
        let warned = status(left: .seconds(41 * 86_400), alarm)
        #expect(warned.status == .failed && warned.troubles.first?.hasPrefix("warning: shop.orders has ") == true)
        let ample = status(left: .seconds(43 * 86_400), alarm)
        #expect(ample.status == .done && ample.troubles == [])
        #expect(text(ample).hasPrefix("shop at 2026-11-23 03:20:14 UTC: nothing needs attention now\n"))
        #expect(status(left: .seconds(100), RunwayAlarm()).troubles == [], "only what is promised can be missed")
    }

    /// At midnight the current day becomes the last one, and the run that is due at 03:00 makes the next.
    @Test func whatTheNextRunMakesIsNotMissingBeforeIt() {
        var plan = SampleAnswers.tendedPlan
        let table = SampleAnswers.name("orders")
        plan.work.steps = [SampleAnswers.create("orders", "2026-11-24", "2026-11-25", "to have in advance")]
        let day = Duration.seconds(86_400)
        func troubles(left: Duration, _ ledger: LedgerExtract = SampleAnswers.ledger) -> [String] {
            plan.work.runways = [
                Runway(
                    table: table, until: SampleAnswers.instant("2026-11-24"), isZoned: true, remaining: left,
                    alarm: RunwayAlarm(warning: .zero, critical: day))
            ]
            return SampleAnswers.status(plan: plan, ledger: ledger).troubles
        }
        // The slot of 03:00 is 20 minutes old.
        #expect(troubles(left: day - .seconds(600)) == [], "made since the slot, and the next one comes")
        #expect(troubles(left: day - .seconds(1_300)).count == 1, "the run of the slot should have extended it")
        var failing = SampleAnswers.ledger
        failing.streaks = [LedgerFailureStreak(task: .partitions, failures: 1, since: SampleAnswers.ago(60))]
        #expect(troubles(left: day - .seconds(600), failing).count == 2)
        plan.work.refusals = [
            Refusal(task: .partitions, object: table, reason: .nameTaken, explanation: "taken", cure: "look")
        ]
        #expect(troubles(left: day - .seconds(600)).count == 1, "no run will extend it")
    }

    /// One run by hand did all kinds of task.
    @Test func aTaskShowsWhatItDidItself() {
        let run = SampleAnswers.run(.views, 60, .incomplete) {
            $0.tasks = [.partitions, .views]
            ($0.figures.done, $0.figures.failed) = (1, 1)
        }
        let steps = [(TaskKind.partitions, StepOutcome.Kind.done), (.views, .failed)].enumerated().map { index, step in
            LedgerStep(
                number: index + 1, task: step.0, object: SampleAnswers.name("o"), action: "a", outcome: step.1)
        }
        let detail = LedgerRunDetail(run: run, database: "shop", steps: steps)
        #expect(LedgerWords.outcome(of: detail.run(of: .partitions)) == "1 done")
        #expect(LedgerWords.outcome(of: detail.run(of: .views)) == "not completed: 1 failed")
    }

    @Test func saysWhoIsAtWork() {
        var ledger = SampleAnswers.ledger
        ledger.running = [SampleAnswers.run(.views, 180, .running, took: nil)]
        // Behind a run that is at work nothing is overdue.
        ledger.latestSlots[.partitions] = SampleAnswers.slot(.partitions, due: SampleAnswers.instant("2026-11-22"))
        let status = SampleAnswers.status(ledger: ledger)
        #expect(status.troubles == [])
        #expect(text(status).contains("views       every 15min  at work for 3 min, pid 4711 on db1"))
    }

    /// A service that was killed says nothing more: the lock that it does not hold any longer tells.
    @Test func aRunThatHasDiedIsNotAtWork() {
        var ledger = SampleAnswers.ledger
        ledger.running = [
            SampleAnswers.run(.views, 7_200, .running, took: nil), SampleAnswers.run(.statistics, 60, .running),
        ]
        ledger.latestSlots[.views] = SampleAnswers.slot(.views, due: SampleAnswers.ago(7_214))
        ledger.markAbandoned(exceptAtWork: [.statistics])
        let status = SampleAnswers.status(ledger: ledger)
        #expect(ledger.running.map(\.tasks) == [[.statistics]])
        #expect(
            status.notes == [
                "views: the run of pid 4711 on db1, begun 2 h ago, has died; the next one takes its slot over"
            ])
        #expect(text(status).contains("views       every 15min  5 min ago: 2 done"))
    }

    @Test func needsNoLedger() {
        let status = SampleAnswers.status(ledger: nil, absence: "the schema pgtend_ledger does not exist")
        #expect(status.status == .done)
        #expect(
            text(status) == """
                shop at 2026-11-23 03:20:14 UTC: all is well
                  - no ledger: the schema pgtend_ledger does not exist

                  task        schedule     last run  next due
                  partitions  every 1h     unknown   in 39 min, 2026-11-23 04:00:00
                  views       every 15min  unknown   in 9 min, 2026-11-23 03:30:00
                  statistics  every 15min  unknown   in 9 min, 2026-11-23 03:30:00

                  table        runway       writes succeed until
                  shop.orders  7 days       2026-12-01 00:00:00+00
                  shop.log     98 days      2027-03-01 00:00:00
                  shop.rest    without end
                """)
    }

    @Test func isNoErrorOnAStandby() {
        let status = SampleAnswers.status(plan: nil)
        #expect(status.status == .done)
        #expect(text(status).contains("  - the server is a standby: nothing is done there before it is promoted\n"))
        #expect(text(status).contains("shop.weekly"))
    }

    @Test func aDatabaseThatNoServiceHasWorkedOnIsNotOverdue() {
        #expect(SampleAnswers.status(ledger: LedgerExtract()).troubles == [])
    }

    @Test func givesAServiceTimeToBegin() {
        var ledger = SampleAnswers.ledger
        ledger.latestSlots[.views] = SampleAnswers.slot(.views, due: SampleAnswers.ago(1_214))
        // The slot of 03:15 was due a minute and a half ago.
        #expect(SampleAnswers.status(ledger: ledger, now: SampleAnswers.ago(224)).troubles == [])
        #expect(
            SampleAnswers.status(ledger: ledger).troubles == [
                "views due at 2026-11-23 03:15:00 (5 min ago) have not begun: is the service running?"
            ])
    }

    @Test func listsTheShortestRunwaysAndTheStalestViewsOfMany() {
        var plan = SampleAnswers.tendedPlan
        plan.work.runways = (0..<200).map { number in
            Runway(
                table: SampleAnswers.name("t\(number)"), until: SampleAnswers.instant("2027-03-01"), isZoned: true,
                remaining: .seconds(200 - number))
        }
        plan.work.steps = (0..<100).map { SampleAnswers.refresh("v\($0)") }
        let lines = text(SampleAnswers.status(plan: plan)).split(separator: "\n")
        #expect(lines.count < 40)
        #expect(lines.contains { $0.hasPrefix("  shop.t199 ") })
        #expect(lines.contains("  and 190 more"))
        #expect(lines.contains("  and 90 more"))
    }

    @Test func writesNoNameThatCouldDoSomethingToATerminal() {
        let nasty = "a\n\u{1B}[2J\u{202E}b"
        var definition = SampleAnswers.definition
        definition.name = nasty
        var plan = SampleAnswers.tendedPlan
        plan.work.runways = [
            Runway(
                table: RelationName(schema: nasty, name: nasty), until: nil, isZoned: true,
                defaultPartition: RelationName(schema: nasty, name: nasty))
        ]
        plan.work.steps = [
            PlanStep(
                .refreshView(
                    RefreshView(
                        view: RelationName(schema: nasty, name: nasty), mode: .concurrent, owner: "o", role: nil)),
                reason: nasty, limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(1)))
        ]
        plan.missingSchemas = [nasty]
        var ledger = SampleAnswers.ledger
        ledger.streaks = [LedgerFailureStreak(task: .views, failures: 2, since: SampleAnswers.now, reason: nasty)]
        ledger.passed = [SampleAnswers.slot(.views, due: SampleAnswers.now, .missed, reason: nasty)]
        ledger.lastRuns[.views] = SampleAnswers.run(.views, 1, .incomplete) {
            $0.failure = ServerFailure(failureClass: .other, message: nasty)
        }
        ledger.lastRuns[.statistics] = SampleAnswers.run(.statistics, 1, .interrupted) { $0.interruption = nasty }
        ledger.running = [SampleAnswers.run(.partitions, 1, .running) { $0.owner.run.host = nasty }]
        let status = DatabaseStatus(
            definition: definition, now: SampleAnswers.now, plan: plan, ledger: ledger, ledgerAbsence: nasty)
        for line in text(status).split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(String(line).visible == line)
        }
    }
}
