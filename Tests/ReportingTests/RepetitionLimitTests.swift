import Maintenance
import Reporting
import Testing

@Suite("Limit of repetitions")
struct RepetitionLimitTests {
    private let reports = (1...30).map {
        SampleEvents.finished(SampleEvents.statistics("\($0)"), .failed(SampleEvents.denied))
    }

    private func lines(_ events: [MaintenanceEvent]) throws -> [Substring] {
        try recorded { stream in
            let sink = RepetitionLimit(before: TextSink(style: .prefixed, to: stream))
            events.forEach(sink.record)
        }.split(separator: "\n")
    }

    private let start = MaintenanceEvent.runStarted(runID: SampleEvents.runID, database: "mcp", tasks: [.statistics])

    @Test func reportsTwentyFailuresAlikeAndCountsTheRest() throws {
        let other = SampleEvents.finished(SampleEvents.view(), .failed(SampleEvents.denied))
        let summary = SampleEvents.summary { $0.reports = reports + [other] }
        let lines = try lines([start] + (reports + [other]).map(SampleEvents.event) + [.runFinished(summary)])
        #expect(lines.count { $0.contains("failed: update statistics") } == RepetitionLimit.limit)
        #expect(lines.count { $0.contains("failed: refresh") } == 1, "another kind of task")
        #expect(lines.contains("<3>run on mcp ended in 1.2 s: nothing done; 31 steps failed"))
        #expect(lines.last == "<3>  10 more steps of statistics failed with SQLSTATE 42501")
    }

    @Test func beginsAnewWithEachRun() throws {
        let run = [start] + reports.prefix(15).map(SampleEvents.event) + [.runFinished(SampleEvents.summary())]
        #expect(try lines(run + run).count { $0.contains("failed: update statistics") } == 30)
    }

    /// As a service has them that tends several databases.
    @Test func countsEachOfSeveralRunsAtOnceByItself() throws {
        let other = String(repeating: "1", count: 32)
        let events = reports.flatMap { report in
            [
                SampleEvents.event(report), .stepFinished(runID: other, database: "shop", report),
                .runStarted(runID: "2", database: "third", tasks: [.views]),
            ]
        }
        #expect(
            try lines(events).count { $0.contains("failed: update statistics") } == 2 * RepetitionLimit.limit)
    }
}
