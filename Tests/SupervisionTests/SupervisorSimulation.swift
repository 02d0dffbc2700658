import CivilTime
import Maintenance
import SQLText
import Testing

@testable import Supervision

/// A supervisor with simulated clocks and a fixed jitter, and a record of what it has decided.
struct SupervisorSimulation {
    private(set) var supervisor: Supervisor
    private(set) var now: DualTimestamp
    private(set) var started: [Supervisor.RunOrder] = []
    private(set) var reported: [ServiceEvent] = []
    private(set) var actions: [Supervisor.Action] = []

    init(_ databases: [DatabaseDefinition], runs: Int = 8, at wall: Instant = .noon, jitter: Double = 0) {
        supervisor = Supervisor(
            ServiceSettings(databases: databases, connections: 2 * runs), jitter: { jitter })
        now = DualTimestamp(wall: wall, monotonic: .seconds(1000))
    }

    /// Lets both clocks go on by that time, and wakes the supervisor whenever it asked for that.
    mutating func run(for duration: Duration) {
        let end = now.monotonic + duration
        while now.monotonic < end {
            let wake = supervisor.nextWake(after: now)
            var next = end
            if let monotonic = wake.monotonic { next = min(next, monotonic) }
            if let wall = wake.wall {
                next = min(next, now.monotonic + .microseconds(wall.microseconds - now.wall.microseconds))
            }
            advanceClocks(by: next - now.monotonic)
            handle(.woke)
        }
    }

    mutating func advanceClocks(by duration: Duration) {
        now.monotonic += duration
        now.wall = now.wall.adding(microseconds: duration.microseconds)
    }

    /// Sets the wall clock alone.
    mutating func setClock(by step: Duration) {
        now.wall = now.wall.adding(microseconds: step.microseconds)
    }

    mutating func handle(_ event: Supervisor.Event) {
        for action in supervisor.handle(event, at: now) {
            actions.append(action)
            switch action {
            case .start(let order): started.append(order)
            case .report(let event): reported.append(event)
            case .drain, .cancel, .finish: break
            }
        }
    }

    /// Ends the run, with its slot completed unless `change` says otherwise.
    mutating func end(_ order: Supervisor.RunOrder, _ change: (inout RunSummary) -> Void = { _ in }) {
        let slot = order.slotOrder.slot
        var summary = RunSummary(
            runID: "0", database: order.definition.name, tasks: [slot.task], startedAt: now.wall,
            slot: SlotReport(slot: slot, attempt: order.slotOrder.attempt, state: .ran(late: false)))
        summary.slot?.passed = order.slotOrder.passed
        change(&summary)
        handle(.runEnded(database: order.definition.name, slot.task, summary))
    }

    /// Ends the run as one that could not work with its database.
    mutating func fail(_ order: Supervisor.RunOrder, _ failure: ServerFailure) {
        end(order) { summary in
            summary.slot = SlotReport(slot: order.slotOrder.slot, attempt: order.slotOrder.attempt)
            summary.failure = failure
        }
    }

    mutating func clearRecord() { (started, reported, actions) = ([], [], []) }

    var startedSlots: [String] { started.map { String($0.slotOrder.slot.due.clock.dropFirst(11)) } }
}

extension Instant {
    /// 2026-11-23 12:00 UTC.
    static let noon = Instant(midnightOf: CivilDate.day(2026, 11, 23)).adding(microseconds: 12 * 3_600_000_000)
}

extension CivilDate {
    static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
        guard let date = CivilDate(year: year, month: month, day: day) else { preconditionFailure("no such day") }
        return date
    }
}

extension DatabaseDefinition {
    /// A database with one kind of work: its materialized views.
    static func viewsOnly(
        _ name: String = "shop", every interval: Duration = .seconds(900), jitter: Duration = .zero,
        startWithin: Duration? = nil
    ) -> DatabaseDefinition {
        var definition = DatabaseDefinition(name: name, conninfo: "dbname=\(name)")
        definition.partitions.discover = false
        definition.statistics.discover = false
        definition.views.schedule = TaskSchedule(.every(interval), jitter: jitter, startWithin: startWithin)
        return definition
    }
}

extension ServerFailure {
    static let down = ServerFailure(failureClass: .connection, message: "connection refused")
    static let wrongPassword = ServerFailure(
        failureClass: .authentication, sqlState: .invalidPassword, message: "password authentication failed")
    static let standby = ServerFailure(
        failureClass: .other, sqlState: .readOnlySQLTransaction, message: "the server is a standby")
}

extension SupervisedDatabase {
    /// The order of the run that is under way; nil if there is none.
    var runningOrder: Supervisor.RunOrder? {
        tasks.compactMap { task in
            task.running.map {
                Supervisor.RunOrder(
                    definition: definition,
                    slotOrder: SlotOrder(slot: $0.slot, attempt: $0.attempt, passed: task.unrecorded))
            }
        }.first
    }
}
