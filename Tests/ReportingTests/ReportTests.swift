import CivilTime
import Maintenance
import Reporting
import SQLText
import SystemdIO
import Testing

@Suite("Reports")
struct ReportTests {
    private func only(_ event: MaintenanceEvent) throws -> Report {
        let reports = event.reports
        try #require(reports.count == 1)
        return reports[0]
    }

    private func value(_ name: ReportField.Name, of report: Report) -> ReportField.Value? {
        report.fields.first { $0.name == name }?.value
    }

    @Test func aFailureNamesTheObjectTheStateAndTheCure() throws {
        let report = try only(
            SampleEvents.event(SampleEvents.finished(SampleEvents.partition(), .failed(SampleEvents.denied))))
        #expect(report.kind == .stepFailed)
        #expect(report.priority == .error)
        #expect(report.prominence == .record)
        #expect(
            report.message == """
                failed: create partition mcp.audit_log_2026_12 of mcp.audit_log for [2026-12-01 00:00:00+00, \
                2027-01-01 00:00:00+00): permission denied for schema mcp (SQLSTATE 42501); advice: GRANT CREATE ON \
                SCHEMA mcp TO tender
                """)
        #expect(report.remarks == ["detail: some detail", "hint: a hint of the server"])
        #expect(value(.runID, of: report) == .text(SampleEvents.runID))
        #expect(value(.database, of: report) == .text("mcp"))
        #expect(value(.task, of: report) == .text("partitions"))
        #expect(value(.relation, of: report) == .text("mcp.audit_log"))
        #expect(value(.partition, of: report) == .text("mcp.audit_log_2026_12"))
        #expect(value(.outcome, of: report) == .text("failed"))
        #expect(value(.sqlState, of: report) == .text("42501"))
        #expect(value(.failureClass, of: report) == .text("privilege"))
        #expect(value(.durationMicroseconds, of: report) == .integer(12_000))
        #expect(value(.hint, of: report) == .text("a hint of the server"))
    }

    @Test func theServersHintStandsInWhereThereIsNoCure() throws {
        var failure = SampleEvents.denied
        failure.cure = nil
        let report = try only(SampleEvents.event(SampleEvents.finished(SampleEvents.view(), .failed(failure))))
        #expect(
            report.message == """
                failed: refresh materialized view concurrently mcp.agent_cost_analytics: permission denied for schema \
                mcp (SQLSTATE 42501); hint: a hint of the server
                """)
        #expect(report.remarks == ["detail: some detail"])
    }

    @Test func aPostponementNamesWhoStandsInTheWay() throws {
        let report = try only(
            SampleEvents.event(
                StepReport(
                    step: SampleEvents.view(), outcome: .postponed(tries: 5, blockers: [SampleEvents.blocker]),
                    duration: .seconds(2), lockWait: .milliseconds(1_000), attempt: 5)))
        #expect(report.priority == .warning)
        #expect(
            report.message == """
                postponed after 5 tries and 1.0 s of waiting for locks: refresh materialized view concurrently \
                mcp.agent_cost_analytics; pid 4711 (alice, reports, idle in transaction for 93 s) holds \
                AccessExclusiveLock on mcp.audit_log
                """)
        #expect(value(.blockedByPID, of: report) == .integers([4711]))
        #expect(value(.lockWaitMicroseconds, of: report) == .integer(1_000_000))
    }

    @Test func aRetryIsADetail() throws {
        let report = try only(
            .stepRetried(
                runID: SampleEvents.runID, database: "mcp", step: SampleEvents.view(), attempt: 1,
                delay: .milliseconds(250),
                [SampleEvents.blocker]))
        #expect(report.priority == .informational)
        #expect(report.prominence == .detail)
        #expect(report.message.contains("pid 4711"))
    }

    @Test func aHeldLockNamesItsHolder() throws {
        let report = try only(.runLockHeld(runID: SampleEvents.runID, database: "mcp", SampleEvents.held))
        #expect(report.priority == .warning)
        #expect(
            report.message == """
                views of mcp left alone: another run holds them, pid 4712 (tender, pgtend) from 10.0.0.7 since \
                2026-11-23T00:00:00Z
                """)
    }

    @Test func noReportBreaksItsLineWhateverANameOrAServerSays() {
        let nasty = "a\n<0>b\r\u{1B}[2J\u{9B}31m\u{202E}c\0"
        let failure = ServerFailure(
            failureClass: .other, sqlState: .internalError, message: nasty, detail: nasty, hint: nasty,
            cure: .advice(nasty))
        let object = RelationName(schema: nasty, name: nasty)
        let events: [MaintenanceEvent] = [
            .runStarted(runID: SampleEvents.runID, database: nasty, tasks: [.views]),
            .runLockHeld(
                runID: SampleEvents.runID, database: nasty,
                HeldRunLock(
                    task: .views, pid: 1, application: nasty, user: nasty, client: nasty, since: SampleEvents.start)),
            .refused(
                runID: SampleEvents.runID, database: nasty,
                Refusal(task: .views, object: object, reason: .missing, explanation: nasty, cure: .advice(nasty))),
            .stepFinished(
                runID: SampleEvents.runID, database: nasty,
                StepReport(
                    step: SampleEvents.partition(nasty, schema: nasty), outcome: .failed(failure), duration: .zero,
                    notices: [nasty])),
            .stepFinished(
                runID: SampleEvents.runID, database: nasty,
                SampleEvents.finished(SampleEvents.statistics(nasty), .superseded(reason: nasty))),
            .runFinished(
                SampleEvents.summary {
                    $0.database = nasty
                    $0.failure = failure
                    $0.findings = [Finding(task: .views, object: object, message: nasty)]
                    $0.runways = [Runway(table: object, until: nil, isZoned: true)]
                }),
        ]
        for report in events.flatMap(\.reports) {
            for text in [report.message] + report.remarks {
                #expect(
                    text.unicodeScalars.allSatisfy { !["\n", "\r", "\u{1B}", "\u{9B}", "\u{202E}", "\0"].contains($0) })
                #expect(text.contains("a\\n<0>b\\r\\u{1b}[2J\\u{9b}31m\\u{202e}c\\u{0}"))
            }
        }
    }

    @Test func fieldsKeepNamesAsTheyAre() throws {
        let report = try only(SampleEvents.event(SampleEvents.finished(SampleEvents.statistics("a\nb"), .done)))
        #expect(value(.tenant, of: report) == .text("a\nb"))
    }

    @Test func everyFieldNameIsOneThatJournaldKeeps() throws {
        for name in ReportField.Name.allCases {
            #expect(name.rawValue.hasPrefix("PGTEND_"))
            #expect(throws: Never.self) { try JournalField.Name(name.rawValue) }
        }
    }
}
