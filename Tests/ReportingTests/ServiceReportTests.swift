import CivilTime
import Maintenance
import Reporting
import SystemdIO
import Testing

@Suite("Reports of the service")
struct ServiceReportTests {
    private func only(_ event: ServiceEvent) throws -> Report {
        let reports = MaintenanceEvent.service(event).reports
        try #require(reports.count == 1)
        return reports[0]
    }

    private func value(_ name: ReportField.Name, of report: Report) -> ReportField.Value? {
        report.fields.first { $0.name == name }?.value
    }

    @Test func everythingThatHappensToTheServiceIsKept() {
        for event in SampleEvents.service {
            let reports = MaintenanceEvent.service(event).reports
            #expect(!reports.isEmpty)
            #expect(reports.allSatisfy { $0.prominence == .record && $0.priority < .debug })
        }
    }

    @Test(arguments: [
        (SampleEvents.unavailable(), Priority.warning),
        (SampleEvents.unavailable(failures: 5, lasting: .seconds(5)), .warning),
        (SampleEvents.unavailable(failures: 3, lasting: .seconds(300)), .error),
        (SampleEvents.unavailable(failures: 10, lasting: .seconds(7_199)), .error),
        (SampleEvents.unavailable(failures: 10, lasting: .seconds(7_200)), .critical),
        (SampleEvents.unavailable(SampleEvents.refusedPassword), .error),
        (SampleEvents.unavailable(SampleEvents.refusedPassword, failures: 10, lasting: .seconds(7_200)), .critical),
        (SampleEvents.failing(1), .warning), (SampleEvents.failing(10, lasting: .seconds(299)), .warning),
        (SampleEvents.failing(3, lasting: .seconds(1_800)), .error),
        (SampleEvents.failing(10, lasting: .seconds(9_000)), .critical),
    ])
    func thePriorityRises(event: ServiceEvent, priority: Priority) throws {
        #expect(try only(event).priority == priority)
    }

    /// What the service itself says of the outage rises with time; by hand nobody else says it.
    @Test(arguments: [
        (FailureClass.connection, true, Priority.warning), (.resources, true, .warning),
        (.authentication, true, .error), (.privilege, true, .error), (.connection, false, .error),
    ])
    func aRunThatLosesItsDatabaseIsNoErrorOfTheService(
        failureClass: FailureClass, isOfService: Bool, priority: Priority
    ) {
        let run = SampleEvents.summary([(SampleEvents.partition(), .done)]) {
            $0.failure = ServerFailure(failureClass: failureClass, message: "gone")
            if isOfService { $0.slot = SlotReport(slot: SampleEvents.slot, attempt: 1) }
        }
        #expect(MaintenanceEvent.runFinished(run).reports.first?.priority == priority)
    }

    @Test(arguments: [
        (
            SampleEvents.unavailable(SampleEvents.denied, failures: 3, lasting: .seconds(1_500)),
            """
            mcp cannot be worked with since 2026-11-23T00:00:00Z (25 min 0 s, 3 failures in a row): permission denied \
            for schema mcp (SQLSTATE 42501); advice: GRANT CREATE ON SCHEMA mcp TO tender
            """
        ),
        (SampleEvents.unavailable(), "mcp cannot be worked with: the server closed the connection"),
        (
            SampleEvents.failing(3, lasting: .seconds(1_500)),
            "views of mcp failed 3 times in a row since 2026-11-23T00:00:00Z (25 min 0 s): 1 step failed"
        ),
        (
            .started(version: "1.2.3", databases: ["a", "b"], configuration: "/etc/pgtend/pgtend.yaml"),
            "pgtend 1.2.3 started for 2 databases of /etc/pgtend/pgtend.yaml: a, b"
        ),
        (.stopping(reason: "SIGTERM", running: 1), "stopping (SIGTERM): waiting for 1 run"),
        (.stopping(reason: "SIGINT", running: 0), "stopping (SIGINT): nothing is running"),
        (.reloaded(changes: []), "configuration reloaded: nothing has changed"),
        (
            .reloaded(changes: (1...12).map { "change \($0)" }),
            """
            configuration reloaded: change 1; change 2; change 3; change 4; change 5; change 6; change 7; change 8; \
            change 9; change 10; and 2 more
            """
        ),
        (
            .slotHeld(database: "mcp", SampleEvents.slot, SampleEvents.held),
            """
            views of mcp due at 2026-11-23T00:00:00Z is left to another run, which is at it: pid 4712 (tender, pgtend) \
            from 10.0.0.7 since 2026-11-23T00:00:00Z
            """
        ),
        (
            .slotElsewhere(database: "mcp", SampleEvents.slot, SampleEvents.owner),
            """
            views of mcp due at 2026-11-23T00:00:00Z has been completed by run 5f0c6d3b8e2a4f7c9d1e0b2a3c4d5e6f of \
            pid 4713 on db2, begun at 2026-11-23T00:00:00Z
            """
        ),
        (
            .slotsPassed(database: "mcp", [SampleEvents.passed(0, .missed, "no service ran")]),
            """
            views of mcp: 1 slot due at 2026-11-23T00:00:00Z passed without a run: 1 missed (no service ran)
            """
        ),
        (
            .clockStepped(by: .seconds(-7_200)),
            "the wall clock was set back by 2 h 0 min: what is due has been computed anew"
        ),
    ])
    func saysWhatHappenedInOneSentence(event: ServiceEvent, sentence: String) throws {
        #expect(try only(event).message == sentence)
    }

    @Test func aThousandPassedSlotsAreOneEntry() throws {
        let passed = (0..<1_000).map { number in
            number.isMultiple(of: 4)
                ? SampleEvents.passed(Int64(number), .skipped, "the run of an earlier slot was still at work")
                : SampleEvents.passed(Int64(number), .missed, "reason \(number % 4)")
        }
        let report = try only(.slotsPassed(database: "mcp", passed.reversed()))
        #expect(
            report.message == """
                views of mcp: 1000 slots due from 2026-11-23T00:00:00Z to 2026-11-23T16:39:00Z passed without a run: \
                250 skipped (the run of an earlier slot was still at work), 750 missed (250: reason 1; 250: reason 2; 250: \
                reason 3)
                """)
        #expect(value(.missed, of: report) == .integer(750))
        #expect(value(.skipped, of: report) == .integer(250))
        #expect(value(.slot, of: report) == .text("2026-11-23T00:00:00Z"))
        #expect(value(.slotLast, of: report) == .text("2026-11-23T16:39:00Z"))
    }

    @Test func noPassedSlotIsNoEntry() {
        #expect(MaintenanceEvent.service(.slotsPassed(database: "mcp", [])).reports.isEmpty)
    }

    @Test func everyProblemOfARefusedReloadIsAnEntryWithItsLine() throws {
        let problems = (1...30).map { "pgtend.yaml:\($0):1: unknown key 'k\($0)'" }
        let reports = MaintenanceEvent.service(.reloadRefused(problems: problems)).reports
        #expect(reports.allSatisfy { $0.priority == .error })
        #expect(reports.first?.kind == .configurationRefused)
        #expect(reports.first?.message.contains("30 problems, the first 20 of them follow") == true)
        #expect(reports.dropFirst().map(\.message) == Array(problems.prefix(20)))
        #expect(reports.dropFirst().allSatisfy { $0.kind == .configurationProblem })
    }

    @Test func noSentenceOfTheServiceBreaksItsLine() {
        let nasty = "a\n<0>b\r\u{1B}[2J\u{9B}31m\u{202E}c\0"
        let failure = ServerFailure(
            failureClass: .other, message: nasty, detail: nasty, hint: nasty, cure: .advice(nasty))
        let owner = RunOwner(runID: nasty, host: nasty, pid: 1, startedAt: SampleEvents.start)
        let events: [ServiceEvent] = [
            .started(version: "1", databases: [nasty], configuration: nasty), .stopping(reason: nasty, running: 0),
            .stopped(reason: nasty, after: .zero), .stopRepeated(reason: nasty), .reloaded(changes: [nasty]),
            .databaseUnavailable(database: nasty, failure, failures: 1, since: SampleEvents.start, lasting: .zero),
            .databaseStandby(database: nasty, since: SampleEvents.start),
            .databaseAvailable(database: nasty, after: .zero),
            .ledgerUnavailable(database: nasty, failure), .ledgerInstalled(database: nasty),
            .ledgerMigrated(database: nasty),
            .roleExceeds(database: nasty, role: nasty, nasty),
            .slotsPassed(database: nasty, [SampleEvents.passed(0, .missed, nasty)]),
            .slotLate(database: nasty, SampleEvents.slot, by: .zero),
            .slotElsewhere(database: nasty, SampleEvents.slot, owner),
            .slotHeld(
                database: nasty, SampleEvents.slot,
                HeldRunLock(
                    task: .views, pid: 1, application: nasty, user: nasty, client: nasty, since: SampleEvents.start)),
            .runTakenOver(database: nasty, SampleEvents.slot, from: owner, runID: SampleEvents.runID),
            .taskFailing(
                database: nasty, .views, failures: 1, since: SampleEvents.start, lasting: .zero, reason: nasty),
            .taskRecovered(database: nasty, .views, failures: 1, after: .zero),
        ]
        for report in events.flatMap({ MaintenanceEvent.service($0).reports }) {
            for text in [report.message] + report.remarks {
                #expect(text.visible == text)
                #expect(text.contains("a\\n<0>b\\r\\u{1b}[2J\\u{9b}31m\\u{202e}c\\u{0}"))
            }
        }
    }

    // MARK: Runs for a slot

    @Test func theSummaryNamesItsSlotAndAttempt() throws {
        let summary = SampleEvents.summary {
            $0.slot = SlotReport(slot: SampleEvents.slot, attempt: 3, state: .ran(late: false))
        }
        let report = try #require(MaintenanceEvent.runFinished(summary).reports.last)
        #expect(value(.slot, of: report) == .text("2026-11-23T00:00:00Z"))
        #expect(value(.attempt, of: report) == .integer(3))
        let byHand = try #require(MaintenanceEvent.runFinished(SampleEvents.summary()).reports.last)
        #expect(value(.slot, of: byHand) == nil)
    }

    /// Every few minutes the same would be no news: the refusal itself has been reported.
    @Test(arguments: [
        (1, [SampleEvents.refusal], [], Priority.informational, Priority.warning),
        (0, [], [], .informational, .warning),
        (1, [], ["shpo"], .warning, .warning), (0, [], ["mcp"], .warning, .warning),
    ])
    func whatTheServiceFindsAgainIsNoWarning(
        objects: Int, refusals: [Refusal], missing: [String], inAService: Priority, byHand: Priority
    ) throws {
        var summary = SampleEvents.summary {
            ($0.objectsInView, $0.refusals, $0.missingSchemas) = (objects, refusals, missing)
        }
        #expect(MaintenanceEvent.runFinished(summary).reports.last?.priority == byHand)
        summary.slot = SlotReport(slot: SampleEvents.slot, attempt: 1, state: .ran(late: false))
        #expect(MaintenanceEvent.runFinished(summary).reports.last?.priority == inAService)
    }

    @Test func aRunOfOneKindOfTaskNamesIt() {
        let summary = SampleEvents.summary { $0.tasks = [.views] }
        #expect(
            MaintenanceEvent.runFinished(summary).reports.last?.message
                == "run on mcp (views) ended in 1.2 s: nothing had to be done")
    }

    @Test func aRunWhoseSlotWasCompletedElsewhereIsNoEntry() throws {
        let summary = SampleEvents.summary {
            $0.objectsInView = 0
            $0.slot = SlotReport(slot: SampleEvents.slot, attempt: 1, state: .completedElsewhere(SampleEvents.owner))
        }
        #expect(summary.verdict == .done)
        let reports = MaintenanceEvent.runFinished(summary).reports
        #expect(reports.map(\.prominence) == [.detail])
        #expect(reports.map(\.priority) == [.informational])
        #expect(reports[0].message == "run on mcp ended in 1.2 s: its slot had been completed by another run")
    }
}
