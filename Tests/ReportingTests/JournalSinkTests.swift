import Foundation
import Maintenance
import Reporting
import SystemdIO
import TestSupport
import Testing

/// Against a real journald, with the catalog that is shipped.
@Suite(
    "Journal entries", .enabled(if: StandaloneJournal.isPermitted, Comment(rawValue: StandaloneJournal.requirement)))
struct JournalSinkTests {
    private func record(_ events: [MaintenanceEvent], in journal: StandaloneJournal) async throws -> String {
        try await journal.inside {
            try recorded { stream in events.forEach(JournalSink(fallback: stream).record) }
        }
    }

    @Test func keepARunInOneEntryAndEachFailureInOne() async throws {
        try await StandaloneJournal.with { journal in
            let steps = (1...100).map { SampleEvents.partition("t\($0)") }
            let outcomes = steps.enumerated().map { index, step in
                (step, index % 50 == 7 ? StepOutcome.failed(SampleEvents.denied) : .done)
            }
            var events: [MaintenanceEvent] = [.planned(runID: SampleEvents.runID, database: "mcp", steps: 100)]
            for (index, (step, outcome)) in outcomes.enumerated() {
                events.append(
                    .stepStarted(runID: SampleEvents.runID, database: "mcp", step: step, index: index + 1, of: 100))
                events.append(SampleEvents.event(SampleEvents.finished(step, outcome)))
            }
            events.append(.runFinished(SampleEvents.summary(outcomes)))
            #expect(try await record(events, in: journal) == "")

            let records = try await journal.records("SYSLOG_IDENTIFIER=pgtend")
            let kinds: [EventKind] = [.stepFailed, .stepFailed, .runFinished]
            #expect(records.map { $0["MESSAGE_ID"] } == kinds.map(\.messageID.rawValue))
            let summary = try #require(records.last)
            #expect(
                summary["MESSAGE"] == "run on mcp ended in 1.2 s: 98 partitions created; 2 steps failed")
            #expect(summary["PRIORITY"] == "3")
            #expect(summary["PGTEND_RUN_ID"] == SampleEvents.runID)
            #expect(summary["PGTEND_DATABASE"] == "mcp")
            #expect(summary["PGTEND_OUTCOME"] == "failed")
            #expect(summary["PGTEND_DURATION_USEC"] == "1234000")
            #expect(summary["PGTEND_DONE"] == "98")
            #expect(summary.fields["PGTEND_PARTITION"]?.count == 98)
            #expect(summary["CODE_FILE"] == "Reporting/RunReports.swift")

            let failure = records[0]
            #expect(failure["PRIORITY"] == "3")
            #expect(failure["PGTEND_SQLSTATE"] == "42501")
            #expect(failure["PGTEND_RELATION"] == "mcp.t8")
            #expect(failure["PGTEND_PARTITION"] == "mcp.t8_2026_12")
            #expect(failure["PGTEND_TASK"] == "partitions")
            #expect(failure["PGTEND_CURE"] == "GRANT CREATE ON SCHEMA mcp TO tender")

            let madeIt = try await journal.records("PGTEND_PARTITION=mcp.t9_2026_12")
            #expect(madeIt.map { $0["MESSAGE_ID"] } == [EventKind.runFinished.messageID.rawValue])
        }
    }

    @Test func areExplainedByTheCatalog() async throws {
        try await StandaloneJournal.with(catalog: Catalog.file) { journal in
            let listed = try await journal.journalctl("--list-catalog").split(separator: "\n")
            #expect(Set(listed.map { String($0.prefix(32)) }) == Set(EventKind.allCases.map(\.messageID.rawValue)))

            _ = try await record(SampleEvents.all, in: journal)
            let explained = try await journal.journalctl(
                "-x", "-o", "cat", "MESSAGE_ID=\(EventKind.stepFailed.messageID)", "PGTEND_SQLSTATE=42501",
                "PGTEND_TASK=views")
            #expect(explained.contains("failed: refresh materialized view concurrently mcp.agent_cost_analytics"))
            let full = try await journal.journalctl(
                "-x", "-o", "short", "MESSAGE_ID=\(EventKind.stepFailed.messageID)", "PGTEND_SQLSTATE=42501",
                "PGTEND_TASK=views")
            #expect(full.contains("Subject: A maintenance step failed (views)"))
            #expect(full.contains("would not change (privilege)"))
            #expect(full.contains("PGTEND_RUN_ID=\(SampleEvents.runID)"))
            let all = try await journal.journalctl("-x", "-o", "short", "SYSLOG_IDENTIFIER=pgtend")
            #expect(!all.contains("@PGTEND_"), "a field that the entry does not have is left as it is written")
        }
    }

    @Test func keepHostileNamesAsDataAndTheirSentencesReadable() async throws {
        try await StandaloneJournal.with(catalog: Catalog.file) { journal in
            let nasty = "x\nPRIORITY=0\nPGTEND_OUTCOME=forged\u{1B}[2J"
            _ = try await record(
                [
                    SampleEvents.event(
                        SampleEvents.finished(SampleEvents.statistics(nasty), .failed(SampleEvents.denied)))
                ], in: journal)
            let records = try await journal.records("SYSLOG_IDENTIFIER=pgtend")
            #expect(records.count == 1)
            #expect(records.first?["PGTEND_TENANT"] == nasty)
            #expect(records.first?["PRIORITY"] == "3")
            #expect(records.first?["PGTEND_OUTCOME"] == "failed")

            let shown = try await journal.journalctl("-x", "-o", "short", "SYSLOG_IDENTIFIER=pgtend")
            #expect(shown.contains("of tenant x\\nPRIORITY=0\\nPGTEND_OUTCOME=forged\\u{1b}[2J"), "no blob")
            #expect(!shown.unicodeScalars.contains("\u{1B}"))
        }
    }

    @Test func goToStandardErrorWhenJournaldDoesNotTakeThem() async throws {
        try await StandaloneJournal.with { journal in
            try await journal.inside {
                try FileManager.default.removeItem(atPath: "/run/systemd/journal/socket")
                try Data().write(to: URL(filePath: "/run/systemd/journal/socket"))
            }
            let output = try await record([.runFinished(SampleEvents.summary())], in: journal)
            let lines = output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first == "<6>run on mcp ended in 1.2 s: nothing had to be done")
            #expect(lines.last?.hasPrefix("<3>journald did not take the entry") == true)
            #expect(lines.last?.contains("Connection refused") == true)
        }
    }
}
