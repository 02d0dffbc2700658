import CivilTime
import Maintenance

/// The state of one database: its tasks, each of which has a lane of its own, and whether the database can be reached.
struct SupervisedDatabase {
    private(set) var definition: DatabaseDefinition
    private(set) var tasks: [SupervisedTask]
    /// Why no run of this database can do anything; nil while the database is available.
    private(set) var trouble: Trouble?
    /// By the monotonic clock: when the trouble became known.
    private var troubledSince = Duration.zero
    /// By the monotonic clock: no run starts before.
    private var retryAt = Duration.zero
    /// Slots that passed while the database was not available: reported in one event when it is available again.
    private(set) var unreported: [PassedSlot] = []
    /// Only the newest of those are kept.
    private static let unreportedLimit = 10_000
    /// The reason that was reported last for having no ledger; nil while there is one.
    private var reportedLedgerFailure: ServerFailure?
    /// As the last run that looked at partitions found them.
    private(set) var runways: [Runway] = []
    /// When that run began.
    private var runwaysAt = Instant(microseconds: 0)
    /// No longer in the configuration: it is removed once its run has ended.
    private(set) var isRetired = false

    enum Trouble: Hashable {
        /// With the class of the last failure: a failure of another class is reported at once.
        case unavailable(FailureStreak, FailureClass)
        case standby(since: Instant)
    }

    init(_ definition: DatabaseDefinition) {
        self.definition = definition
        tasks = TaskKind.allCases.filter(definition.mayHaveWork).map { SupervisedTask($0, definition.schedule(of: $0)) }
    }

    var isRunning: Bool { tasks.contains { $0.running != nil } }

    // MARK: What is due

    mutating func advance(to now: DualTimestamp, jitter: () -> Double) -> [ServiceEvent] {
        var events: [ServiceEvent] = []
        for index in tasks.indices {
            events += reportPassed(tasks[index].advance(to: now, jitter: jitter))
        }
        return events
    }

    private mutating func reportPassed(_ passed: [PassedSlot]) -> [ServiceEvent] {
        unreported = Array((unreported + passed).suffix(Self.unreportedLimit))
        guard trouble == nil, !unreported.isEmpty else { return [] }
        defer { unreported = [] }
        return [.slotsPassed(database: definition.name, unreported)]
    }

    /// The tasks that wait for a run, each with its place among those of all databases.
    ///
    /// - Parameter ended: the task of this database whose run has just ended, if one has. Only one of those behind it can
    ///   follow: tasks that followed one another in circles would keep others waiting for ever.
    func waiting(at now: DualTimestamp, after ended: TaskKind?) -> [(task: TaskKind, priority: StartPriority)] {
        guard !isRetired, retryAt <= now.monotonic else { return [] }
        let ready = tasks.filter { $0.isReady(at: now) }
        let behind = ended.map { ended in TaskKind.allCases.drop { $0 != ended }.dropFirst() } ?? []
        let follower = trouble == nil ? behind.first { next in ready.contains { $0.task == next } } : nil
        return ready.map { task in
            let priority = StartPriority(
                isInTrouble: trouble != nil, isLong: task.task.traits.isLong, isFollower: task.task == follower,
                lastEnd: task.lastEnd)
            return (task.task, priority)
        }
    }

    /// What cannot be reached comes after all that can: otherwise a few databases could occupy all connections. Then
    /// comes what takes long, and among equals what follows on a connection, or else the task whose last run ended longest
    /// ago, comes first.
    struct StartPriority: Comparable {
        let isInTrouble: Bool
        let isLong: Bool
        let isFollower: Bool
        let lastEnd: Duration

        static func < (left: StartPriority, right: StartPriority) -> Bool {
            if left.isInTrouble != right.isInTrouble { return right.isInTrouble }
            if left.isLong != right.isLong { return right.isLong }
            if left.isFollower != right.isFollower { return left.isFollower }
            return left.lastEnd < right.lastEnd
        }
    }

    /// Begins the pending slot of a task.
    ///
    /// - Returns: nil where another run is finding out whether the database can be reached again.
    mutating func beginRun(of task: TaskKind, at now: DualTimestamp) -> Supervisor.RunOrder? {
        guard trouble == nil || !isRunning, let index = tasks.firstIndex(where: { $0.task == task }),
            let order = tasks[index].beginRun(at: now)
        else { return nil }
        return Supervisor.RunOrder(definition: definition, slotOrder: order)
    }

    // MARK: A run has ended

    mutating func endRun(_ summary: RunSummary, of task: TaskKind, at now: DualTimestamp, jitter: Double)
        -> [ServiceEvent]
    {
        guard let index = tasks.firstIndex(where: { $0.task == task }), let running = tasks[index].running else {
            return []
        }
        tasks[index].lastEnd = now.monotonic
        if !summary.runways.isEmpty { (runways, runwaysAt) = (summary.runways, summary.startedAt) }
        var events = ledgerEvents(summary, running)
        events += reachabilityEvents(summary, begunAt: running.begunAt, at: now)
        events += slotEvents(summary, running)
        let recorded = summary.slot?.passed ?? []
        // During an outage the pauses go on growing from one slot to the next.
        var attempt = running.attempt
        if case .unavailable(let streak, _) = trouble { attempt = max(attempt, streak.failures) }
        switch SlotRetryPolicy().reaction(to: summary, attempt: attempt, jitter: jitter) {
        case .completed:
            tasks[index].complete(recorded: recorded)
        case .retry(let delay):
            let missed = tasks[index].retry(
                notBefore: now.monotonic + delay, obstacle: summary.obstacle,
                isElsewhere: !summary.heldLocks.isEmpty, recorded: recorded)
            events += reportPassed(missed.map { [$0] } ?? [])
            // The other tasks of this database would fail in the same way.
            if let failure = summary.failure, failure.isOfDatabase { retryAt = now.monotonic + delay }
        case .nextSlot:
            let missed = tasks[index].giveUp(obstacle: summary.obstacle, recorded: recorded)
            events += reportPassed(missed.map { [$0] } ?? [])
        }
        events += streakEvents(summary, index, at: now)
        // A reload may have taken the task away while it ran.
        tasks.removeAll { $0.running == nil && !definition.mayHaveWork(for: $0.task) }
        return events
    }

    private mutating func ledgerEvents(_ summary: RunSummary, _ running: SupervisedTask.SlotAttempt) -> [ServiceEvent] {
        guard let report = summary.slot else { return [] }
        // Of the runs that a dead service left behind, only the one of this slot is taken over: earlier slots have
        // passed.
        var events: [ServiceEvent] = report.abandoned.filter { $0.due == running.slot.due }.map {
            .runTakenOver(database: definition.name, running.slot, from: $0, runID: summary.runID)
        }
        if let reason = report.unrecorded {
            if reason != reportedLedgerFailure, summary.failure == nil {
                reportedLedgerFailure = reason
                events.append(.ledgerUnavailable(database: definition.name, reason))
            }
        } else {
            reportedLedgerFailure = nil
        }
        return events
    }

    private mutating func reachabilityEvents(
        _ summary: RunSummary, begunAt: Duration, at now: DualTimestamp
    ) -> [ServiceEvent] {
        guard let failure = summary.failure, failure.isOfDatabase else {
            guard summary.interruption == nil, let trouble else { return [] }
            self.trouble = nil
            retryAt = .zero
            let since =
                switch trouble {
                case .unavailable(let streak, _): streak.since ?? now.wall
                case .standby(let since): since
                }
            return [.databaseAvailable(database: definition.name, after: now.wall.duration(since: since))]
                + reportPassed([])
        }
        if failure.isStandby {
            if case .standby = trouble { return [] }
            trouble = .standby(since: now.wall)
            return [.databaseStandby(database: definition.name, since: now.wall)]
        }
        var (streak, isAnother) = (FailureStreak(), false)
        if case .unavailable(let known, let failureClass) = trouble {
            // What began before the first failure was known has failed with it.
            if begunAt < troubledSince, failureClass == failure.failureClass { return [] }
            (streak, isAnother) = (known, failureClass != failure.failureClass)
        }
        let isToBeReported = streak.add(at: now.wall)
        if trouble == nil { troubledSince = now.monotonic }
        trouble = .unavailable(streak, failure.failureClass)
        guard isToBeReported || isAnother else { return [] }
        return [
            .databaseUnavailable(
                database: definition.name, failure, failures: streak.failures, since: streak.since ?? now.wall,
                lasting: streak.lasting)
        ]
    }

    private func slotEvents(_ summary: RunSummary, _ running: SupervisedTask.SlotAttempt) -> [ServiceEvent] {
        let name = definition.name
        var events: [ServiceEvent] = []
        let isKnown = tasks.contains { $0.task == running.slot.task && $0.settledUpTo != nil }
        // The ledger finds further slots that passed while another service was at work, or none.
        let known = Set(running.passedAtBegin.map(\.slot))
        let found = (summary.slot?.passed ?? []).filter { !known.contains($0.slot) }
        if !found.isEmpty { events.append(.slotsPassed(database: name, found)) }
        switch summary.slot?.state {
        // Without a ledger, a service that has just been started cannot know whether its first slot was late.
        case .ran(late: true) where summary.slot?.unrecorded == nil || isKnown:
            let late = summary.startedAt.duration(since: running.slot.due)
            events.append(.slotLate(database: name, running.slot, by: late))
        case .completedElsewhere(let owner):
            events.append(.slotElsewhere(database: name, running.slot, owner))
        case .open where running.attempt == 1:
            if let held = summary.heldLocks.first { events.append(.slotHeld(database: name, running.slot, held)) }
        case .ran, .open, nil: break
        }
        return events
    }

    /// Reports a task that fails repeatedly, and its recovery. The first failure is not reported here: the run itself
    /// reports it.
    private mutating func streakEvents(_ summary: RunSummary, _ index: Int, at now: DualTimestamp) -> [ServiceEvent] {
        guard summary.interruption == nil, summary.heldLocks.isEmpty else { return [] }
        if let failure = summary.failure, failure.isOfDatabase { return [] }
        let (name, task) = (definition.name, tasks[index].task)
        if summary.failure != nil || summary.count(.failed) > 0 {
            let isToBeReported = tasks[index].failures.add(at: now.wall)
            let streak = tasks[index].failures
            guard isToBeReported, streak.failures > 1 else { return [] }
            return [
                .taskFailing(
                    database: name, task, failures: streak.failures, since: streak.since ?? now.wall,
                    lasting: streak.lasting, reason: summary.obstacle)
            ]
        }
        // That another service completed the slot does not show that this one could have.
        if case .completedElsewhere = summary.slot?.state { return [] }
        guard let ended = tasks[index].failures.end() else { return [] }
        let lasted = now.wall.duration(since: ended.since)
        return [.taskRecovered(database: name, task, failures: ended.failures, after: lasted)]
    }

    // MARK: Looking ahead

    /// Never negative; nil where it has no end, or there is no partition for the present. Its end may be local time.
    func left(of runway: Runway, at now: Instant) -> Duration? {
        runway.remaining.map { max(.zero, $0 - now.duration(since: runwaysAt)) }
    }

    func addWakeTimes(to wake: inout WakeTime, after now: DualTimestamp) {
        for task in tasks where !isRetired { task.addWakeTimes(to: &wake, after: now) }
        if retryAt > now.monotonic, tasks.contains(where: { $0.isReady(at: now) }) {
            wake.noLaterThan(monotonic: retryAt)
        }
    }

    // MARK: A reload

    /// A run that is under way goes on with the old definition.
    mutating func apply(_ definition: DatabaseDefinition, at now: DualTimestamp) -> [ServiceEvent] {
        var dropped: [PassedSlot] = []
        isRetired = false
        // It may be another server now: what was wrong with the old one says nothing about that one.
        if definition.conninfo != self.definition.conninfo { (trouble, retryAt) = (nil, .zero) }
        self.definition = definition
        let known = tasks
        tasks = TaskKind.allCases.compactMap { kind in
            var task = known.first { $0.task == kind }
            guard definition.mayHaveWork(for: kind) || task?.running != nil else { return nil }
            if let passed = task?.apply(definition.schedule(of: kind), at: now) { dropped.append(passed) }
            return task ?? SupervisedTask(kind, definition.schedule(of: kind))
        }
        return reportPassed(dropped)
    }

    mutating func retire() { isRetired = true }
}

extension RunSummary {
    /// Why the run did not do all that was due, as the ledger and the reports say it.
    fileprivate var obstacle: String {
        if let failure { return failure.description }
        if let interruption { return "interrupted by \(interruption)" }
        if let held = heldLocks.first {
            let who = SessionOwner(user: held.user, application: held.application)
            return "\(held.task.rawValue) held by another run, pid \(held.pid) (\(who)) from \(held.client)"
        }
        for report in reports {
            if case .failed(let failure) = report.outcome { return "\(report.step): \(failure)" }
        }
        for report in reports {
            guard case .postponed(_, let blockers) = report.outcome else { continue }
            let holders =
                blockers.isEmpty ? "others held its locks" : blockers.map(\.description).joined(separator: "; ")
            let count = count(.postponed)
            return "\(report.step) was put off: \(holders)" + (count > 1 ? ", and so were \(count - 1) more" : "")
        }
        return "its end could not be entered into the ledger"
    }
}
