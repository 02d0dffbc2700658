import CivilTime

/// A run, as recorded in the ledger.
package struct LedgerRun: Hashable, Sendable {
    package var owner: LedgerOwner
    /// When its slot was due; nil for a manual run.
    package var due: Instant?
    package var tasks: [TaskKind]
    /// The number of this run among those of its slot, counted from 1 over all services.
    package var attempt: Int
    package var state: State
    /// When it ended, or was found abandoned, by the server's clock; nil while it is running.
    package var endedAt: Instant?
    package var figures: LedgerFigures
    /// Why it ended before its last step.
    package var failure: ServerFailure?
    /// The signal that ended it early.
    package var interruption: String?

    package init(
        owner: LedgerOwner, due: Instant? = nil, tasks: [TaskKind], attempt: Int = 1, state: State,
        endedAt: Instant? = nil, figures: LedgerFigures = LedgerFigures(), failure: ServerFailure? = nil,
        interruption: String? = nil
    ) {
        self.owner = owner
        self.due = due
        self.tasks = tasks
        self.attempt = attempt
        self.state = state
        self.endedAt = endedAt
        self.figures = figures
        self.failure = failure
        self.interruption = interruption
    }

    package var runID: String { owner.run.runID }
    package var startedAt: Instant { owner.run.startedAt }

    package enum State: String, CaseIterable, Hashable, Sendable {
        case running
        /// It reached its end, and left nothing that another try could do.
        case completed
        /// It left something that another try may do.
        case incomplete
        /// It was told to stop.
        case interrupted
        /// Its process died: another run of the same kind of task got its advisory lock.
        case abandoned
    }
}

/// The process that carries out a run, with all that the ledger records about it.
package struct LedgerOwner: Hashable, Sendable {
    package var run: RunOwner
    package var application: String
    package var programVersion: String
    /// The process ID of its session's backend on the server.
    package var backendPID: Int32

    package init(run: RunOwner, application: String, programVersion: String, backendPID: Int32) {
        self.run = run
        self.application = application
        self.programVersion = programVersion
        self.backendPID = backendPID
    }
}

/// How many steps and refusals a run had, by outcome. All are 0 until it has ended.
package struct LedgerFigures: Hashable, Sendable {
    package var done: Int
    package var superseded: Int
    package var postponed: Int
    package var failed: Int
    package var interrupted: Int
    package var refused: Int
    /// The time spent waiting for locks, over all steps.
    package var lockWait: Duration

    package init(
        done: Int = 0, superseded: Int = 0, postponed: Int = 0, failed: Int = 0, interrupted: Int = 0,
        refused: Int = 0, lockWait: Duration = .zero
    ) {
        self.done = done
        self.superseded = superseded
        self.postponed = postponed
        self.failed = failed
        self.interrupted = interrupted
        self.refused = refused
        self.lockWait = lockWait
    }

    package init(_ summary: RunSummary) {
        self.init(
            done: summary.count(.done), superseded: summary.count(.superseded), postponed: summary.count(.postponed),
            failed: summary.count(.failed), interrupted: summary.count(.interrupted),
            refused: summary.refusals.count,
            lockWait: summary.reports.reduce(.zero) { $0 + $1.lockWait })
    }
}

/// Everything that the ledger has recorded about one run.
package struct LedgerRunDetail: Hashable, Sendable {
    package var run: LedgerRun
    /// The name of the database in the configuration of the service or user that ran it.
    package var database: String
    /// Ordered by number. Where a run left many steps undone, only the first of them are recorded; the figures count
    /// them all.
    package var steps: [LedgerStep]
    package var refusals: [Refusal]
    package var heldLocks: [HeldRunLock]

    package init(
        run: LedgerRun, database: String, steps: [LedgerStep] = [], refusals: [Refusal] = [],
        heldLocks: [HeldRunLock] = []
    ) {
        self.run = run
        self.database = database
        self.steps = steps
        self.refusals = refusals
        self.heldLocks = heldLocks
    }
}

extension LedgerRunDetail {
    /// The run as far as it concerns one kind of task: of what it left undone only that task's own counts, unless the whole
    /// run failed.
    package func run(of task: TaskKind) -> LedgerRun {
        guard run.tasks.count > 1 else { return run }
        let own = steps.filter { $0.task == task }
        func count(_ outcome: StepOutcome.Kind) -> Int { own.count { $0.outcome == outcome } }
        var part = run
        part.figures = LedgerFigures(
            done: count(.done), superseded: count(.superseded), postponed: count(.postponed), failed: count(.failed),
            interrupted: count(.interrupted), refused: refusals.count { $0.task == task },
            lockWait: own.reduce(.zero) { $0 + $1.lockWait })
        let isUndone = own.contains { [.failed, .postponed, .interrupted].contains($0.outcome) }
        if run.state == .incomplete, run.failure == nil, !isUndone { part.state = .completed }
        return part
    }
}

/// The consecutive failed runs of one kind of task, up to the latest run.
///
/// Failed are runs with a step of the task that failed or was put off by locks, and runs that failed as a whole. A run
/// that was told to stop, or whose process died, neither counts as a failure nor ends the streak.
package struct LedgerFailureStreak: Hashable, Sendable {
    package var task: TaskKind
    package var failures: Int
    /// When the first of them began, by the server's clock.
    package var since: Instant
    /// What went wrong in the latest of them, with the object, where that was recorded.
    package var reason: String?

    package init(task: TaskKind, failures: Int, since: Instant, reason: String? = nil) {
        self.task = task
        self.failures = failures
        self.since = since
        self.reason = reason
    }
}
