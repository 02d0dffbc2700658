import CivilTime

/// What one run did to one database: everything a report needs, and nothing but values.
package struct RunSummary: Hashable, Sendable {
    /// 32 lower-case hexadecimal digits, the same in every event of the run.
    package var runID: String
    package var database: String
    /// The kinds of task that were asked for.
    package var tasks: [TaskKind]
    package var startedAt: Instant
    package var duration: Duration
    package var reports: [StepReport]
    package var refusals: [Refusal]
    package var findings: [Finding]
    package var heldLocks: [HeldRunLock]
    package var runways: [Runway]
    /// How many objects were in view, tended or refused; 0 means that there was nothing to tend.
    package var objectsInView: Int
    /// Watched schemas that the database does not have.
    package var missingSchemas: [String]
    /// Why the run ended before its last step, if it did: the reading of the catalog or the connection failed.
    package var failure: ServerFailure?
    /// The signal that ended it early.
    package var interruption: String?

    package init(
        runID: String, database: String, tasks: [TaskKind], startedAt: Instant, duration: Duration = .zero,
        reports: [StepReport] = [], refusals: [Refusal] = [], findings: [Finding] = [],
        heldLocks: [HeldRunLock] = [], runways: [Runway] = [], objectsInView: Int = 0,
        missingSchemas: [String] = [], failure: ServerFailure? = nil, interruption: String? = nil
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
    }

    /// How many steps of a kind ended with that word (`StepOutcome.word`).
    package func count(_ word: String, of kind: TaskKind? = nil) -> Int {
        reports.count { $0.outcome.word == word && (kind == nil || $0.step.kind == kind) }
    }

    /// The worst that happened, which decides the exit code.
    package var verdict: RunVerdict {
        if interruption != nil { return .interrupted }
        if let failure { return failure.failureClass == .authentication ? .authentication : .unavailable(failure) }
        if count("failed") > 0 { return .failed }
        if !heldLocks.isEmpty { return .held }
        if !refusals.isEmpty { return .refused }
        if objectsInView == 0 { return .nothingToTend }
        if !missingSchemas.isEmpty { return .refused }
        if count("postponed") > 0 { return .postponed }
        return .done
    }
}

/// One step and how it went.
package struct StepReport: Hashable, Sendable {
    package var step: PlanStep
    package var outcome: StepOutcome
    package var duration: Duration
    /// The time spent waiting for locks, over all tries.
    package var lockWait: Duration
    /// The number of tries, 1 for a step that met no lock.
    package var attempt: Int
    /// What the server said on the way (NOTICE and WARNING), worth keeping.
    package var notices: [String]

    package init(
        step: PlanStep, outcome: StepOutcome, duration: Duration, lockWait: Duration = .zero, attempt: Int = 1,
        notices: [String] = []
    ) {
        self.step = step
        self.outcome = outcome
        self.duration = duration
        self.lockWait = lockWait
        self.attempt = attempt
        self.notices = notices
    }
}

/// Another run works on the same kind of task in the same database.
package struct HeldRunLock: Hashable, Sendable {
    package var task: TaskKind
    package var pid: Int32
    package var application: String
    package var user: String
    /// Where it runs: a host address, or `local socket`.
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

/// Until when writes into a table succeed.
package struct Runway: Hashable, Sendable {
    package var table: RelationName
    /// The end of the unbroken range of partitions that holds now (a DEFAULT partition does not count);
    /// nil when now itself has none.
    package var until: Instant?
    /// False for `timestamp` and `date` keys, whose bounds are a clock without a zone.
    package var isZoned: Bool
    /// True when a partition without an upper bound takes everything to come.
    package var isUnbounded: Bool

    package init(table: RelationName, until: Instant?, isZoned: Bool, isUnbounded: Bool = false) {
        self.table = table
        self.until = until
        self.isZoned = isZoned
        self.isUnbounded = isUnbounded
    }
}

/// The verdict over one run, from best to worst.
package enum RunVerdict: Hashable, Sendable {
    case done
    /// None of the watched schemas holds anything that pgtend tends.
    case nothingToTend
    /// A step waits for a lock that others hold.
    case postponed
    /// Something that should be tended could not be understood or may not be touched.
    case refused
    /// Another run held at least one kind of task.
    case held
    case failed
    case interrupted
    case authentication
    case unavailable(ServerFailure)
}
