import CivilTime
import Maintenance
import SQLText
import Testing

@testable import Supervision

/// A supervisor with injected clocks and chance, and what it has decided so far.
struct Watch {
    private(set) var supervisor: Supervisor
    private(set) var now: Moment
    private(set) var started: [Supervisor.RunOrder] = []
    private(set) var said: [ServiceEvent] = []
    private(set) var actions: [Supervisor.Action] = []

    init(_ databases: [DatabaseDefinition], connections: Int = 8, at wall: Instant = noon, jitter: Double = 0) {
        supervisor = Supervisor(
            ServiceSettings(databases: databases, connections: connections), jitter: { jitter })
        now = Moment(wall: wall, monotonic: .seconds(1000))
    }

    /// 2026-11-23 12:00 UTC.
    static let noon = Instant(midnightOf: day(2026, 11, 23)).adding(microseconds: 12 * 3_600_000_000)

    static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
        guard let date = CivilDate(year: year, month: month, day: day) else { preconditionFailure("no such day") }
        return date
    }

    /// A database with one kind of work.
    static func database(
        _ name: String = "shop", every interval: Duration = .seconds(900), jitter: Duration = .zero,
        startWithin: Duration? = nil
    ) -> DatabaseDefinition {
        var definition = DatabaseDefinition(name: name, conninfo: "dbname=\(name)")
        definition.partitions.discover = false
        definition.statistics.discover = false
        definition.views.schedule = TaskSchedule(.every(interval), jitter: jitter, startWithin: startWithin)
        return definition
    }

    /// Both clocks go on, and the loop is woken whenever it had asked for it.
    mutating func pass(_ duration: Duration) {
        let end = now.monotonic + duration
        while now.monotonic < end {
            let wake = supervisor.wake(after: now)
            var next = end
            if let monotonic = wake.monotonic { next = min(next, monotonic) }
            if let wall = wake.wall {
                next = min(next, now.monotonic + .microseconds(wall.microseconds - now.wall.microseconds))
            }
            go(next - now.monotonic)
            handle(.woke)
        }
    }

    mutating func go(_ duration: Duration) {
        now.monotonic += duration
        now.wall = now.wall.adding(microseconds: duration.microseconds)
    }

    /// The wall clock alone.
    mutating func setClock(by step: Duration) {
        now.wall = now.wall.adding(microseconds: step.microseconds)
    }

    mutating func handle(_ event: Supervisor.Event) {
        for action in supervisor.handle(event, at: now) {
            actions.append(action)
            switch action {
            case .start(let order): started.append(order)
            case .say(let event): said.append(event)
            case .drain, .cancel, .finish: break
            }
        }
    }

    /// The last run that began ends, its slot completed unless `change` says otherwise.
    mutating func end(_ order: Supervisor.RunOrder, _ change: (inout RunSummary) -> Void = { _ in }) {
        let slot = order.order.slot
        var summary = RunSummary(
            runID: "0", database: order.definition.name, tasks: [slot.task], startedAt: now.wall,
            slot: SlotReport(slot: slot, attempt: order.order.attempt, state: .ran(late: false)))
        summary.slot?.passed = order.order.passed
        change(&summary)
        handle(.runEnded(database: order.definition.name, slot.task, summary))
    }

    /// The same, for a run that could not get at its database.
    mutating func fail(_ order: Supervisor.RunOrder, _ failure: ServerFailure) {
        end(order) { summary in
            summary.slot = SlotReport(slot: order.order.slot, attempt: order.order.attempt)
            summary.failure = failure
        }
    }

    mutating func forget() { (started, said, actions) = ([], [], []) }

    var startedSlots: [String] { started.map { String($0.order.slot.due.clock.dropFirst(11)) } }
}

extension ServerFailure {
    static let down = ServerFailure(failureClass: .connection, message: "connection refused")
    static let wrongPassword = ServerFailure(
        failureClass: .authentication, sqlState: .invalidPassword, message: "password authentication failed")
    static let standby = ServerFailure(
        failureClass: .other, sqlState: .readOnlySQLTransaction, message: "the server is a standby")
}

extension TendedDatabase {
    /// What the database is being worked on for; nil while it is not.
    var runningOrder: Supervisor.RunOrder? {
        tasks.compactMap { task in
            task.running.map {
                Supervisor.RunOrder(
                    definition: definition,
                    order: SlotOrder(slot: $0.slot, attempt: $0.attempt, passed: task.unrecorded))
            }
        }.first
    }
}
