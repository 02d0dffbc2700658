import Maintenance

/// Decides which run begins when, and what is reported. Pure: it is told what happened and what time it is, and returns
/// the actions that follow; `Service` carries them out.
///
/// The tasks of a database run side by side, each with at most one run at a time, so that no task ever overlaps itself.
/// There are at most `ServiceSettings.runs` runs, the last of which is never one that may take long. Among equals comes first
/// what follows in its database on the connection of the run that has just ended, whose session knows the catalog.
package struct Supervisor {
    package enum Event {
        /// Time has passed: `nextWake` has been reached, or the loop woke up for another reason.
        case woke
        case runEnded(database: String, TaskKind, RunSummary)
        case reloaded(ServiceSettings, changes: [String])
        case stopRequested(reason: String)
    }

    package enum Action: Hashable {
        case start(RunOrder)
        case report(ServiceEvent)
        /// The runs are to begin no further step; the steps that are running go on.
        case drain
        /// The steps that are running are to be cancelled on the server.
        case cancel
        /// No run is left, and none will begin: the service ends.
        case finish

        var order: RunOrder? {
            if case .start(let order) = self { order } else { nil }
        }
    }

    package struct RunOrder: Hashable, Sendable {
        package let definition: DatabaseDefinition
        package let slotOrder: SlotOrder
        /// Whether it takes over the connection of the run of its database that has just ended.
        package var isFollower = false
    }

    private var settings: ServiceSettings
    private(set) var databases: [SupervisedDatabase]
    private var stop: Stop?
    private var lastSeen: DualTimestamp?
    /// A random number from 0 to 1, for the jitter of slots and of the pauses between tries.
    private let jitter: () -> Double

    private struct Stop {
        let reason: String
        let since: DualTimestamp
        let cancelAt: Duration
        var isCancelled = false
    }

    /// A jump of the wall clock is reported from this much on.
    private static let reportedClockStep = Duration.seconds(30)
    /// The loop wakes up at least this often, so that a wall clock that was set back is noticed after that time at the
    /// latest.
    private static let longestSleep = Duration.seconds(600)

    package init(_ settings: ServiceSettings, jitter: @escaping () -> Double = { .random(in: 0..<1) }) {
        self.settings = settings
        databases = settings.databases.map(SupervisedDatabase.init)
        self.jitter = jitter
    }

    package mutating func handle(_ event: Event, at now: DualTimestamp) -> [Action] {
        var actions = detectClockStep(now)
        var ended: (database: String, task: TaskKind)?
        switch event {
        case .woke: break
        case .runEnded(let name, let task, let summary):
            if let index = databases.firstIndex(where: { $0.definition.name == name }) {
                actions += databases[index].endRun(summary, of: task, at: now, jitter: jitter()).map(Action.report)
            }
            databases.removeAll { $0.isRetired && !$0.isRunning }
            ended = (name, task)
        case .reloaded(let settings, let changes):
            actions.append(.report(.reloaded(changes: changes)))
            actions += apply(settings, at: now).map(Action.report)
        case .stopRequested(let reason):
            actions += beginStop(reason, at: now)
        }
        return actions + (stop == nil ? startDueRuns(now, after: ended) : continueStopping(now))
    }

    // MARK: Starting runs

    private mutating func startDueRuns(
        _ now: DualTimestamp, after ended: (database: String, task: TaskKind)?
    ) -> [Action] {
        var actions: [Action] = []
        for index in databases.indices {
            actions += databases[index].advance(to: now, jitter: jitter).map(Action.report)
        }
        var free = settings.runs - runningCount
        guard free > 0 else { return actions }
        let waiting = databases.indices.flatMap { index in
            let isOfEnded = databases[index].definition.name == ended?.database
            return databases[index].waiting(at: now, after: isOfEnded ? ended?.task : nil).map {
                (index, $0.task, $0.priority)
            }
        }
        for (index, task, priority) in waiting.sorted(by: { ($0.2, $0.0) < ($1.2, $1.0) }) where free > 0 {
            // A partition that is due waits for no refresh.
            if task.traits.isLong, free == 1, settings.runs > 1 { continue }
            guard var order = databases[index].beginRun(of: task, at: now) else { continue }
            order.isFollower = priority.isFollower
            actions.append(.start(order))
            free -= 1
        }
        return actions
    }

    /// How many runs are going at the moment.
    package var runningCount: Int { databases.map { $0.tasks.count { $0.running != nil } }.reduce(0, +) }

    private mutating func detectClockStep(_ now: DualTimestamp) -> [Action] {
        defer { lastSeen = now }
        guard let step = lastSeen.map(now.clockStep), abs(step) >= Self.reportedClockStep else { return [] }
        return [.report(.clockStepped(by: step))]
    }

    private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }

    // MARK: Stopping

    private mutating func beginStop(_ reason: String, at now: DualTimestamp) -> [Action] {
        guard let known = stop else {
            stop = Stop(reason: reason, since: now, cancelAt: now.monotonic + settings.stopGrace)
            return [.report(.stopping(reason: reason, running: runningCount)), .drain]
        }
        guard !known.isCancelled, runningCount > 0 else { return [] }
        stop?.isCancelled = true
        return [.report(.stopRepeated(reason: reason)), .cancel]
    }

    private mutating func continueStopping(_ now: DualTimestamp) -> [Action] {
        guard let known = stop else { return [] }
        if runningCount == 0 {
            return [.report(.stopped(reason: known.reason, after: now.monotonic - known.since.monotonic)), .finish]
        }
        guard !known.isCancelled, known.cancelAt <= now.monotonic else { return [] }
        stop?.isCancelled = true
        return [.cancel]
    }

    // MARK: Reloading

    /// A database keeps its state when the new configuration has one of the same name.
    private mutating func apply(_ settings: ServiceSettings, at now: DualTimestamp) -> [ServiceEvent] {
        self.settings = settings
        var events: [ServiceEvent] = []
        let known = databases
        databases = settings.databases.map { definition in
            guard var database = known.first(where: { $0.definition.name == definition.name }) else {
                return SupervisedDatabase(definition)
            }
            events += database.apply(definition, at: now)
            return database
        }
        for var database in known where database.isRunning {
            guard !settings.databases.contains(where: { $0.name == database.definition.name }) else { continue }
            database.retire()
            databases.append(database)
        }
        return events
    }

    // MARK: Looking ahead

    /// When the loop has to wake up next. Never more than ten minutes away.
    package func nextWake(after now: DualTimestamp) -> WakeTime {
        var wake = WakeTime()
        wake.noLaterThan(monotonic: now.monotonic + Self.longestSleep)
        if let stop {
            if !stop.isCancelled, runningCount > 0 { wake.noLaterThan(monotonic: stop.cancelAt) }
        } else {
            for database in databases { database.addWakeTimes(to: &wake, after: now) }
        }
        return wake
    }

    package var stopGrace: Duration { settings.stopGrace }

    /// nil as long as the service has not been told to stop.
    package var stopReason: String? { stop?.reason }

    /// The state of the service in one line, for `systemctl status`.
    package func status(at now: DualTimestamp) -> String {
        if let stop { return "stopping (\(stop.reason)): \(runningCount) run(s) still going" }
        return StatusLine(databases).text(at: now.wall)
    }
}
