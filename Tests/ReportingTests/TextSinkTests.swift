import Maintenance
import Reporting
import Testing

@Suite("Text for people")
struct TextSinkTests {
    private static let events: [MaintenanceEvent] = [
        .runStarted(runID: SampleEvents.runID, database: "mcp", tasks: TaskKind.allCases),
        .planned(runID: SampleEvents.runID, database: "mcp", steps: 2),
        .stepStarted(runID: SampleEvents.runID, database: "mcp", step: SampleEvents.partition(), index: 1, of: 2),
        SampleEvents.event(SampleEvents.finished(SampleEvents.partition(), .failed(SampleEvents.denied))),
        .stepStarted(runID: SampleEvents.runID, database: "mcp", step: SampleEvents.view(), index: 2, of: 2),
        SampleEvents.event(SampleEvents.finished(SampleEvents.view(), .done)),
        .runFinished(
            SampleEvents.summary([
                (SampleEvents.partition(), .failed(SampleEvents.denied)), (SampleEvents.view(), .done),
            ])),
    ]

    private static let failure = """
        failed: create partition mcp.audit_log_2026_12 of mcp.audit_log for [2026-12-01 00:00:00+00, 2027-01-01 \
        00:00:00+00): permission denied for schema mcp (SQLSTATE 42501); advice: GRANT CREATE ON SCHEMA mcp TO tender
        """
    private static let done = "done in 12 ms: refresh materialized view concurrently mcp.agent_cost_analytics"
    private static let ended = "run on mcp ended in 1.2 s: 1 view refreshed; 1 step failed"

    private func output(_ style: TextSink.Style, _ events: [MaintenanceEvent] = Self.events) throws -> String {
        try recorded { stream in
            let sink = TextSink(style: style, to: stream)
            events.forEach(sink.record)
        }
    }

    @Test func isPlainWhereNothingIsKnownOfTheReader() throws {
        #expect(
            try output(.plain) == """
                error: \(Self.failure)
                  detail: some detail
                  hint: a hint of the server
                \(Self.done)
                error: \(Self.ended)

                """)
    }

    /// Of several databases the lines stand beside each other, and a log shows each alone.
    @Test func namesTheDatabaseInEachLineWhereThereAreSeveral() throws {
        let refused = MaintenanceEvent.refused(runID: SampleEvents.runID, database: "mcp", SampleEvents.refusal)
        let short = MaintenanceEvent.runFinished(
            SampleEvents.summary {
                $0.runways = [Runway(table: SampleEvents.refusal.object, until: nil, isZoned: true)]
                $0.missingSchemas = ["shpo"]
            })
        let text = try recorded { stream in
            let sink = TextSink(style: .prefixed, namesDatabases: true, to: stream)
            for event in [refused, short] + SampleEvents.all { sink.record(event) }
        }
        let lines = text.split(separator: "\n")
        #expect(lines.first?.hasPrefix("<4>mcp: \(SampleEvents.refusal.object) is not tended: ") == true)
        let ofTheService = SampleEvents.service.flatMap { MaintenanceEvent.service($0).reports }.filter { report in
            !report.fields.contains { $0.name == .database }
        }
        for line in lines where !ofTheService.contains(where: { line.hasSuffix($0.message) }) {
            #expect(line.contains("mcp"), "\(line)")
            #expect(!line.contains(">  ") || line.contains(">  mcp: "), "a further line alone: \(line)")
        }
    }

    @Test func beginsWithTheTimeWhereAServiceWritesForHours() throws {
        let events = [SampleEvents.unavailable(SampleEvents.denied), .stopRepeated(reason: "SIGTERM")]
        let output = { (style: TextSink.Style) in
            try recorded { stream in
                let sink = TextSink(
                    style: style, to: stream, clock: { SampleEvents.start.adding(microseconds: 1_500_000) })
                for event in events { sink.record(.service(event)) }
            }
        }
        #expect(
            try output(.plain) == """
                2026-11-23T00:00:01Z warning: mcp cannot be worked with: permission denied for schema mcp (SQLSTATE \
                42501); advice: GRANT CREATE ON SCHEMA mcp TO tender
                  detail: some detail
                  hint: a hint of the server
                2026-11-23T00:00:01Z warning: told to stop once more (SIGTERM): what still runs is cancelled now

                """)
        #expect(
            try output(.terminal(coloured: true)).contains("2026-11-23T00:00:01Z \u{1B}[1;33mwarning:\u{1B}[0m mcp"))
        #expect(!(try output(.prefixed)).contains("2026"))
    }

    @Test func marksEachLineForAServiceManagerAndLeavesOutWhatTheSummarySays() throws {
        #expect(
            try output(.prefixed) == """
                <3>\(Self.failure)
                <3>  detail: some detail
                <3>  hint: a hint of the server
                <3>\(Self.ended)

                """)
    }

    @Test func coloursOnlyTheWordOfUrgency() throws {
        let output = try output(.terminal(coloured: true))
        #expect(output.contains("\u{1B}[1;31merror:\u{1B}[0m \(Self.failure)\n"))
        let sequences = output.matches(of: /\u{1B}\[[0-9;]*m/).count
        #expect(sequences == 4, "two for each of two errors")
        #expect(try self.output(.terminal(coloured: false)).matches(of: /\u{1B}\[[0-9;]*m/).isEmpty)
    }

    @Test func leavesNoTraceOfTheProgressLine() throws {
        for coloured in [true, false] {
            var screen = Screen(width: 80)
            try screen.show(try output(.terminal(coloured: coloured)))
            #expect(
                screen.text == [
                    "error: \(Self.failure)", "  detail: some detail", "  hint: a hint of the server", Self.done,
                    "error: \(Self.ended)",
                ])
        }
    }

    @Test func showsTheStepAtHandInTheLastLine() throws {
        var shown: [String] = []
        var screen = Screen(width: 80)
        for count in 1...Self.events.count {
            screen = Screen(width: 80)
            try screen.show(try output(.terminal(coloured: true), Array(Self.events.prefix(count))))
            shown.append(screen.lastLine)
        }
        #expect(
            shown == [
                "mcp: reading the catalog",
                "mcp: 2 steps to do",
                "mcp: 1 of 2: create partition mcp.audit_log_2026_12 of mcp.audit_log for [2026-",
                "mcp: 1 of 2 done",
                "mcp: 2 of 2: refresh materialized view concurrently mcp.agent_cost_analytics",
                "mcp: 2 of 2 done",
                "",
            ])
    }

    @Test(arguments: [1, 2, 20, 79, 80, 500])
    func neverReachesTheLastColumn(width: Int) throws {
        let event = MaintenanceEvent.stepStarted(
            runID: SampleEvents.runID, database: "mcp", step: SampleEvents.view(String(repeating: "表é", count: 60)),
            index: 1,
            of: 1)
        let output = try recorded { TextSink(style: .terminal(coloured: true), to: $0) { width }.record(event) }
        // A terminal gives the ideographs two columns each, the letters one.
        let columns = output.reduce(0) { $0 + ("表" == $1 ? 2 : 1) }
        #expect(columns < max(width, 1))
    }

    @Test func noNameMovesTheCursorOfATerminal() throws {
        let nasty = "x\u{1B}[2J\r\u{9B}1A\n<0>y"
        let events: [MaintenanceEvent] = [
            .runStarted(runID: SampleEvents.runID, database: nasty, tasks: [.views]),
            .stepStarted(runID: SampleEvents.runID, database: nasty, step: SampleEvents.view(nasty), index: 1, of: 1),
            .stepRetried(
                runID: SampleEvents.runID, database: nasty, step: SampleEvents.view(nasty), attempt: 1,
                delay: .seconds(1),
                [SampleEvents.blocker]),
            .stepFinished(
                runID: SampleEvents.runID, database: nasty,
                SampleEvents.finished(SampleEvents.view(nasty), .failed(SampleEvents.denied))),
            .runFinished(SampleEvents.summary { $0.database = nasty }),
        ]
        let terminal = try output(.terminal(coloured: false), events)
        #expect(!terminal.contains("[2J\r") && !terminal.unicodeScalars.contains("\u{9B}"))
        var screen = Screen(width: 80)
        try screen.show(terminal)
        #expect(screen.text.count == 5, "a retry, a failure with its detail and hint, a summary")
        let prefixed = try output(.prefixed, events).split(separator: "\n")
        #expect(prefixed.allSatisfy { $0.hasPrefix("<3>") || $0.hasPrefix("<4>") || $0.hasPrefix("<6>") })
    }
}
