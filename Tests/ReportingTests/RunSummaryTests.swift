import CivilTime
import Maintenance
import Reporting
import SQLText
import SystemdIO
import Testing

@Suite("Summary of a run")
struct RunSummaryTests {
    private func report(_ summary: RunSummary) throws -> Report {
        try #require(MaintenanceEvent.runFinished(summary).reports.last)
    }

    private func value(_ name: ReportField.Name, of report: Report) -> ReportField.Value? {
        report.fields.first { $0.name == name }?.value
    }

    @Test func saysThatNothingHadToBeDone() throws {
        let report = try report(SampleEvents.summary())
        #expect(report.kind == .runFinished)
        #expect(report.priority == .informational)
        #expect(report.message == "run on mcp ended in 1.2 s: nothing had to be done")
        #expect(value(.outcome, of: report) == .text("done"))
        #expect(value(.steps, of: report) == .integer(0))
    }

    @Test func warnsWhenThereIsNothingToTend() throws {
        let report = try report(SampleEvents.summary { $0.objectsInView = 0 })
        #expect(report.priority == .warning)
        #expect(report.message == "run on mcp ended in 1.2 s: nothing to tend was found in the watched schemas")
        #expect(value(.outcome, of: report) == .text("nothing_to_tend"))
    }

    @Test func countsWhatWasDoneByKind() throws {
        let report = try report(
            SampleEvents.summary([
                (SampleEvents.partition(month: 11), .done), (SampleEvents.partition(month: 12), .done),
                (SampleEvents.view(), .done),
                (SampleEvents.statistics("acme"), .done), (SampleEvents.statistics("globex"), .done),
            ]))
        #expect(report.priority == .notice)
        #expect(
            report.message == """
                run on mcp ended in 1.2 s: 2 partitions created, 1 view refreshed, statistics of 2 tenants updated
                """)
        #expect(value(.partition, of: report) == .texts(["mcp.audit_log_2026_11", "mcp.audit_log_2026_12"]))
        #expect(
            value(.relation, of: report)
                == .texts(["mcp.agent_cost_analytics", "mcp.audit_log", "mcp.embedding_statistics"]))
        #expect(value(.done, of: report) == .integer(5))
    }

    @Test func warnsOfWhatWasPostponed() throws {
        let report = try report(
            SampleEvents.summary([
                (SampleEvents.partition(), .done), (SampleEvents.view(), .postponed(tries: 5, blockers: [])),
            ]))
        #expect(report.priority == .warning)
        #expect(report.message == "run on mcp ended in 1.2 s: 1 partition created; 1 step postponed")
        #expect(value(.outcome, of: report) == .text("postponed"))
    }

    @Test func countsWhatWentWrong() throws {
        let report = try report(
            SampleEvents.summary([
                (SampleEvents.partition(), .failed(SampleEvents.denied)), (SampleEvents.partition(month: 11), .done),
                (SampleEvents.view(), .postponed(tries: 5, blockers: [])),
                (SampleEvents.view("other"), .postponed(tries: 5, blockers: [])),
                (SampleEvents.statistics(), .superseded(reason: "the tenant is gone")),
            ]) {
                $0.refusals = [SampleEvents.refusal]
                $0.heldLocks = [SampleEvents.held]
            })
        #expect(report.priority == .error)
        #expect(
            report.message == """
                run on mcp ended in 1.2 s: 1 partition created; 1 step failed, 2 steps postponed, 1 step no longer \
                needed, 1 object refused, views held by another run
                """)
        #expect(value(.outcome, of: report) == .text("failed"))
        #expect(value(.partition, of: report) == .texts(["mcp.audit_log_2026_11"]), "only what was made")
    }

    @Test func givesUpWithTheServersWords() throws {
        let report = try report(
            SampleEvents.summary([(SampleEvents.view(), .done)]) { $0.failure = SampleEvents.bareFailure })
        #expect(report.kind == .runAborted)
        #expect(report.priority == .error)
        #expect(
            report.message == """
                run on mcp gave up after 1.2 s (1 view refreshed): the server closed the connection
                """)
        #expect(value(.outcome, of: report) == .text("unavailable"))
        #expect(value(.failureClass, of: report) == .text("connection"))
    }

    @Test func neverSaysThatNothingHadToBeDoneWhenItCouldNotKnow() throws {
        let aborted = try report(SampleEvents.summary { $0.failure = SampleEvents.bareFailure })
        #expect(aborted.message == "run on mcp gave up after 1.2 s (nothing done): the server closed the connection")
        let interrupted = try report(SampleEvents.summary { $0.interruption = "SIGINT" })
        #expect(interrupted.message == "run on mcp interrupted after 1.2 s (SIGINT): nothing done")
    }

    @Test func saysWhyItWasInterruptedAndWhatIsLeft() throws {
        let report = try report(
            SampleEvents.summary([(SampleEvents.view(), .interrupted(reason: "not begun"))]) {
                $0.interruption = "SIGTERM"
            })
        #expect(report.kind == .runInterrupted)
        #expect(report.priority == .warning)
        #expect(report.message == "run on mcp interrupted after 1.2 s (SIGTERM): nothing done; 1 step not done")
        #expect(
            report.remarks == [
                "not done: refresh materialized view concurrently mcp.agent_cost_analytics: not begun"
            ])
        #expect(value(.reason, of: report) == .text("SIGTERM"))
    }

    @Test func tellsUntilWhenWritesSucceed() throws {
        let report = try report(
            SampleEvents.summary {
                $0.runways = [
                    Self.runway("b", days: 98), Self.runway("late", days: 8, isZoned: false),
                    Self.runway("a", days: 98),
                    Runway(
                        table: RelationName(schema: "mcp", name: "for_ever"), until: nil, isZoned: true,
                        isUnbounded: true),
                ]
            })
        #expect(
            report.remarks == [
                "writes succeed until 2026-12-01 00:00:00 (7 days): mcp.late",
                "writes succeed until 2027-03-01T00:00:00Z (97 days): mcp.a, mcp.b",
            ])
        // From the end of the run, 1.234 s after its start.
        #expect(value(.runwaySeconds, of: report) == .integer(8 * 86_400 - 2))
    }

    /// In Sydney the clock is ahead: of two runways that end at the same numbers that one ends earlier.
    @Test func takesTheRemainderOfAKeyWithoutAZoneFromItsOwnClock() throws {
        let report = try report(
            SampleEvents.summary {
                $0.runways = [
                    Self.runway("zoned", days: 2),
                    Self.runway("sydney", days: 2, isZoned: false, ahead: .seconds(11 * 3_600)),
                ]
            })
        #expect(
            report.remarks == [
                "writes succeed until 2026-11-25 00:00:00 (36 h 59 min): mcp.sydney",
                "writes succeed until 2026-11-25T00:00:00Z (47 h 59 min): mcp.zoned",
            ])
        #expect(value(.runwaySeconds, of: report) == .integer(37 * 3_600 - 2))
    }

    private static func runway(
        _ table: String, days: Int64, isZoned: Bool = true, ahead: Duration = .zero
    ) -> Runway {
        Runway(
            table: RelationName(schema: "mcp", name: table),
            until: SampleEvents.start.adding(microseconds: days * Instant.microsecondsPerDay), isZoned: isZoned,
            remaining: .seconds(days * 86_400) - ahead)
    }

    @Test func aDefaultPartitionThatTakesTheRowsIsCriticalToo() throws {
        let reports = MaintenanceEvent.runFinished(
            SampleEvents.summary {
                $0.runways = [
                    Runway(
                        table: RelationName(schema: "mcp", name: "def"), until: nil, isZoned: true,
                        defaultPartition: RelationName(schema: "mcp", name: "def_default"))
                ]
            }
        ).reports
        #expect(reports.map(\.kind) == [.presentInDefault, .runFinished])
        #expect(reports[0].priority == .critical)
        #expect(
            reports[0].message == """
                mcp.def has no partition for the present: rows for now go to the DEFAULT partition mcp.def_default, where \
                they keep one from being made
                """)
    }

    @Test func theAlarmSaysWhatStandsInTheWay() throws {
        let table = RelationName(schema: "mcp", name: "audit_log")
        let alarm = { (change: (inout RunSummary) -> Void) in
            MaintenanceEvent.runFinished(
                SampleEvents.summary {
                    $0.runways = [Runway(table: table, until: nil, isZoned: true)]
                    change(&$0)
                }
            ).reports.first?.message
        }
        let now = "mcp.audit_log has no partition for the present: writes into it fail now"
        #expect(alarm { _ in } == now)
        #expect(
            alarm {
                $0.refusals = [SampleEvents.refusal]
                $0.refusals[0].object = table
            } == "\(now); it is partitioned by hash; advice: leave it alone with enabled: false")
        #expect(
            alarm { $0.reports = [SampleEvents.finished(SampleEvents.partition(), .failed(SampleEvents.denied))] }
                == """
                \(now); making one failed: permission denied for schema mcp (SQLSTATE 42501); advice: GRANT CREATE ON \
                SCHEMA mcp TO tender
                """)
        #expect(
            alarm {
                $0.reports = [
                    SampleEvents.finished(
                        SampleEvents.partition(), .postponed(tries: 5, blockers: [SampleEvents.blocker]))
                ]
            }?.hasPrefix("\(now); making one was postponed; pid 4711") == true)
    }

    /// A refusal is said once; that time runs out because of it, by every run, ever louder.
    @Test func aShortRunwayIsToldByEveryRunAtARisingPriority() throws {
        let day: Int64 = 86_400
        let table = RelationName(schema: "mcp", name: "audit_log")
        func reports(left: Int64, change: (inout RunSummary) -> Void = { _ in }) -> [Report] {
            MaintenanceEvent.runFinished(
                SampleEvents.summary {
                    $0.runways = [
                        Runway(
                            table: table, until: SampleEvents.start.adding(microseconds: left * 1_000_000),
                            isZoned: true,
                            remaining: .seconds(left),
                            alarm: RunwayAlarm(warning: .seconds(42 * day), critical: .seconds(30 * day)))
                    ]
                    change(&$0)
                }
            ).reports
        }
        #expect(reports(left: 43 * day).map(\.kind) == [.runFinished])
        let short = [41 * day, 35 * day, 30 * day, 60].map { reports(left: $0)[0] }
        #expect(short.map(\.kind) == Array(repeating: .runwayShort, count: 4))
        #expect(short.map(\.priority) == [.warning, .error, .critical, .critical])
        #expect(value(.runwaySeconds, of: short[3]) == .integer(58), "1.2 s of it the run took")
        #expect(
            short[0].message == """
                mcp.audit_log has partitions for 40 days only, until 2027-01-03T00:00:00Z; premake promises no more: raise \
                it, or lower partitions.runway in the configuration
                """)
        let refused = reports(left: 60) {
            $0.refusals = [SampleEvents.refusal]
            $0.refusals[0].object = table
        }
        #expect(
            refused[0].message == """
                mcp.audit_log has partitions for 58 s only, until 2026-11-23T00:01:00Z; it is partitioned by hash; advice: \
                leave it alone with enabled: false
                """)
    }

    @Test func raisesTheAlarmForATableThatTakesNoRowNow() throws {
        let reports = MaintenanceEvent.runFinished(
            SampleEvents.summary {
                $0.runways = [Runway(table: RelationName(schema: "mcp", name: "gone"), until: nil, isZoned: true)]
            }
        ).reports
        #expect(reports.map(\.kind) == [.runwayExhausted, .runFinished])
        #expect(reports.map(\.priority) == [.critical, .informational])
        #expect(
            reports[0].message == """
                mcp.gone has no partition for the present: writes into it fail now
                """)
        #expect(value(.runwaySeconds, of: reports[1]) == .integer(0))
    }

    @Test func staysWithinWhatJournaldTakesForAThousandTables() throws {
        let steps = (0..<3_000).map { (SampleEvents.partition("t\($0)"), StepOutcome.done) }
        let report = try report(
            SampleEvents.summary(steps) { summary in
                summary.findings = steps.map { Finding(task: .partitions, object: $0.0.object, message: "seen") }
            })
        let values = report.fields.reduce(0) { count, field in
            if case .texts(let texts) = field.value { count + texts.count } else { count + 1 }
        }
        #expect(values < 1_024)
        #expect(report.remarks.count == 21)
        #expect(report.remarks.last == "and 2980 more")
        #expect(value(.done, of: report) == .integer(3_000))
    }
}
