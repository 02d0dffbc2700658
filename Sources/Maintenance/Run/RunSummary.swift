import CivilTime

/// What one run did in one database: everything that a report needs, as plain values.
package struct RunSummary: Hashable, Sendable {
    /// 32 lower-case hexadecimal digits, the same in every event of the run.
    package var runID: String
    package var database: String
    /// The kinds of task that were requested.
    package var tasks: [TaskKind]
    package var startedAt: Instant
    package var duration: Duration
    package var reports: [StepReport]
    package var refusals: [Refusal]
    package var findings: [Finding]
    package var heldLocks: [HeldRunLock]
    package var runways: [Runway]
    /// How many objects were found that pgtend is to maintain, including refused ones.
    package var objectsInView: Int
    /// Watched schemas that the database does not have.
    package var missingSchemas: [String]
    /// Why the run ended before its last step, if it did: reading the catalog failed, or the connection was lost.
    package var failure: ServerFailure?
    /// The signal that ended it early.
    package var interruption: String?
    /// What became of the slot; nil for a manual run.
    package var slot: SlotReport?

    package init(
        runID: String, database: String, tasks: [TaskKind], startedAt: Instant, duration: Duration = .zero,
        reports: [StepReport] = [], refusals: [Refusal] = [], findings: [Finding] = [],
        heldLocks: [HeldRunLock] = [], runways: [Runway] = [], objectsInView: Int = 0,
        missingSchemas: [String] = [], failure: ServerFailure? = nil, interruption: String? = nil,
        slot: SlotReport? = nil
    ) {
        self.runID = runID
        self.database = database
        self.tasks = tasks
        self.startedAt = startedAt
        self.duration = duration
        self.reports = reports
        self.refusals = refusals
        self.findings = findings
        self.heldLocks = heldLocks
        self.runways = runways
        self.objectsInView = objectsInView
        self.missingSchemas = missingSchemas
        self.failure = failure
        self.interruption = interruption
        self.slot = slot
    }

    /// How many steps had that outcome; with `kind`, only those with that kind of action.
    package func count(_ outcome: StepOutcome.Kind, of kind: ActionKind? = nil) -> Int {
        reports.count { $0.outcome.kind == outcome && (kind == nil || $0.step.kind == kind) }
    }

    /// The worst thing that happened; it determines the exit status.
    package var verdict: RunVerdict {
        if interruption != nil { return .interrupted }
        if let failure { return failure.failureClass == .authentication ? .authentication : .unavailable(failure) }
        if count(.failed) > 0 { return .failed }
        if !heldLocks.isEmpty { return .held }
        // Such a run has not looked for objects at all.
        if case .completedElsewhere? = slot?.state { return .done }
        let view = RunVerdict(refusals: refusals, objectsInView: objectsInView, missingSchemas: missingSchemas)
        return view == .done && count(.postponed) > 0 ? .postponed : view
    }
}

/// The advisory lock of a kind of task, held by another run in the same database.
package struct HeldRunLock: Hashable, Sendable {
    package var task: TaskKind
    package var pid: Int32
    package var application: String
    package var user: String
    /// Where its client is: a host address, or `local socket`.
    package var client: String
    package var since: Instant

    package init(task: TaskKind, pid: Int32, application: String, user: String, client: String, since: Instant) {
        self.task = task
        self.pid = pid
        self.application = application
        self.user = user
        self.client = client
        self.since = since
    }
}
