import Maintenance
import SQLText
import Synchronization
import Testing

@testable import Supervision

@Suite("Events of a service's runs")
struct RunEventFilterTests {
    private final class Sink: EventSink {
        let events = Mutex<[ServiceEvent]>([])
        let refusals = Mutex<[Refusal]>([])
        let runs = Mutex<[RunSummary]>([])

        func record(_ event: MaintenanceEvent) {
            if case .service(let event) = event { events.withLock { $0.append(event) } }
            if case .runFinished(let summary) = event { runs.withLock { $0.append(summary) } }
            if case .refused(_, _, let refusal) = event { refusals.withLock { $0.append(refusal) } }
        }
    }

    @Test("What is said of the role is said once, and again when it changes")
    func saysOnceWhatTheRoleMayDo() {
        let sink = Sink()
        let filter = RunEventFilter(before: sink)
        let events = [("shop", "a"), ("shop", "a"), ("mail", "a"), ("shop", "b"), ("shop", "b")].map {
            ServiceEvent.roleExceeds(database: $0.0, role: $0.1, "it is a superuser")
        }
        for event in events { filter.record(.service(event)) }
        #expect(sink.events.withLock(\.self) == [events[0], events[2], events[3]])
    }

    /// It goes with the end of each run, whose report the runway is a part of.
    @Test("That a refused table runs out is said after every run")
    func saysAgainThatTimeRunsOut() {
        let sink = Sink()
        let filter = RunEventFilter(before: sink)
        let table = RelationName(schema: "s", name: "t")
        let refusal = Refusal(task: .partitions, object: table, reason: .unknownNaming, explanation: "", cure: "")
        for minutes in [3, 2, 1] {
            filter.record(.refused(runID: "0", database: "shop", refusal))
            filter.record(
                .runFinished(
                    RunSummary(
                        runID: "0", database: "shop", tasks: [.partitions], startedAt: .noon, refusals: [refusal],
                        runways: [
                            Runway(table: table, until: .noon, isZoned: true, remaining: .seconds(minutes * 60))
                        ])))
        }
        #expect(sink.refusals.withLock(\.count) == 1)
        #expect(
            sink.runs.withLock { $0.compactMap { $0.runways.first?.remaining } } == [180, 120, 60].map { .seconds($0) })
    }

    @Test("What is refused is said once, again when it changes, and anew when it comes back")
    func saysOnceWhatIsRefused() {
        let sink = Sink()
        let filter = RunEventFilter(before: sink)
        let view = RelationName(schema: "s", name: "v")
        let refusals = ["no index", "no right"].map {
            Refusal(task: .views, object: view, reason: .noUniqueIndex, explanation: $0, cure: "")
        }
        func run(_ refused: Refusal?, of database: String = "shop", failure: ServerFailure? = nil) {
            if let refused { filter.record(.refused(runID: "0", database: database, refused)) }
            filter.record(
                .runFinished(
                    RunSummary(
                        runID: "0", database: database, tasks: [.views], startedAt: .noon,
                        refusals: refused.map { [$0] } ?? [], failure: failure)))
        }
        run(refusals[0])
        run(refusals[0])
        run(nil, failure: .down)
        run(nil, of: "mail")
        run(refusals[0])
        #expect(sink.refusals.withLock(\.self) == [refusals[0]], "neither an outage nor another database resolves it")
        run(refusals[1])
        run(nil)
        run(refusals[1])
        #expect(sink.refusals.withLock(\.self) == [refusals[0], refusals[1], refusals[1]])
    }
}
