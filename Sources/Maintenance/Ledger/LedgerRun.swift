import CivilTime

/// A run as the ledger has it.
package struct LedgerRun: Hashable, Sendable {
    package var owner: LedgerOwner
    /// When the slot was due; nil for a run by hand.
    package var due: Instant?
    package var tasks: [TaskKind]
    /// Which run of its slot it is, from 1, over all services.
    package var attempt: Int
    package var state: State
    /// When it ended, or was found dead, by the server's clock; nil while it is running.
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
        /// It came to its end, and nothing is left that another try could do.
        case completed
        /// Something is left that another try may do.
        case incomplete
        /// Told to stop.
        case interrupted
        /// Its owner died: another run of the same kind of task got its lock.
        case abandoned
    }
}

/// Whose run it is, in all that the ledger knows.
package struct LedgerOwner: Hashable, Sendable {
    package var run: RunOwner
    package var application: String
    package var programVersion: String
    /// Of its session on the server.
    package var backendPID: Int32

    package init(run: RunOwner, application: String, programVersion: String, backendPID: Int32) {
        self.run = run
        self.application = application
        self.programVersion = programVersion
        self.backendPID = backendPID
    }
}

/// What a run came to, in numbers. All are 0 until it has ended.
package struct LedgerFigures: Hashable, Sendable {
    package var done: Int
    package var superseded: Int
    package var postponed: Int
    package var failed: Int
    package var interrupted: Int
    package var refused: Int
    /// Spent waiting for locks, over all steps.
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

/// All that the ledger has on one run.
package struct LedgerRunDetail: Hashable, Sendable {
    package var run: LedgerRun
    /// The name of the database in the configuration of whoever ran it.
    package var database: String
    /// By number. Of a run that left many steps undone only the first are entered; the figures count them all.
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

/// The runs of one kind of task that have failed one after the other, up to the last: those with a step that failed,
/// those that were not completed, and those whose owner died. A run that was told to stop neither counts nor ends it.
package struct LedgerFailureStreak: Hashable, Sendable {
    package var task: TaskKind
    package var failures: Int
    /// When the first of them began.
    package var since: Instant
    /// What went wrong the last time, where it left a word.
    package var reason: String?

    package init(task: TaskKind, failures: Int, since: Instant, reason: String? = nil) {
        self.task = task
        self.failures = failures
        self.since = since
        self.reason = reason
    }
}
