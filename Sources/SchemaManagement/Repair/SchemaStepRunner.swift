import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Executes the steps of a schema plan, each as its `execution` says, and records them.
struct SchemaStepRunner {
    let connection: Connection
    let schema: String
    /// Whose own schema the tables of the record are in.
    var set = MigrationSet.platform
    let locks: LockBudget
    let programVersion: String
    /// What each transaction of a step begins with: names are not to lead into another schema from then on.
    let pin: SchemaPin
    /// Whose everything in the schema is to be; nil if nothing says so.
    var owner: String?
    /// Holds the lock against other commands: nothing is begun or committed without it.
    var keeper: MigrationKeeper?
    /// How often the progress of a backfill is reported, which may take hours.
    var reportInterval = Duration.seconds(10)
    /// How long an index that is built CONCURRENTLY waits for transactions that are older.
    var snapshotWait = Duration.seconds(600)
    /// How long all steps of the command have waited for the locks of each table.
    private var waits = LockWaits()
    /// Who held the locks that the last step has given up on.
    private(set) var blockers: [Blocker] = []

    init(
        connection: Connection, schema: String, set: MigrationSet = .platform, pin: SchemaPin? = nil, locks: LockBudget,
        programVersion: String, keeper: MigrationKeeper? = nil
    ) {
        self.connection = connection
        self.schema = schema
        self.set = set
        self.pin = pin ?? SchemaPin([schema])
        self.locks = locks
        self.programVersion = programVersion
        self.keeper = keeper
    }

    /// Creates the tables that record the steps, and what they change outside the schema.
    func prepare() async throws(PostgresError) {
        _ = try await connection.rows(SchemaQuery.loadPgvector())
        try await record.prepare()
        try await letAutovacuumGiveWay()
    }

    private var record: SchemaStepRecord {
        SchemaStepRecord(connection: connection, set: set, programVersion: programVersion)
    }

    /// Autovacuum, which comes to every table that has just been filled, gives way to whoever has waited for
    /// `deadlock_timeout`: by default a second, and no step waits that long. With a shorter timeout we are also the
    /// first to notice a deadlock, and the one to be cancelled. Setting it takes a superuser, or a privilege that one
    /// grants.
    private func letAutovacuumGiveWay() async throws(PostgresError) {
        let milliseconds = max(locks.perStep / 4, .milliseconds(1)).milliseconds
        try await connection.setForSession(
            unsafe: """
                DO $$ BEGIN
                    PERFORM set_config('deadlock_timeout', '\(milliseconds)ms', false)
                    FROM pg_settings AS s
                    WHERE s.name = 'deadlock_timeout' AND s.setting::integer > \(milliseconds)
                        AND has_parameter_privilege('deadlock_timeout', 'SET');
                END $$
                """)
    }

    /// - Parameters:
    ///   - steps: one, or several that are run `.together`.
    ///   - progressed: called now and then during a backfill.
    mutating func execute(
        _ steps: [SchemaStep], progressed: (BackfillProgress) -> Void = { _ in }
    ) async throws(PostgresError) {
        guard let first = steps.first else { return }
        try await keeper?.requireLock()
        let manner = manner(of: steps)
        // An index that an earlier call has built, and not recorded any more, is no step of a plan, but is one of a migration.
        if case .alone(let work) = manner.execution, first.migration == nil,
            try await work.completion(on: connection) != nil
        {
            return
        }
        let row = StepsRow(record: record, steps: steps, pin: try spelled(pin.statement()), keeper: keeper)
        var reports = BackfillReports(object: first.object, interval: reportInterval)
        var waits = waits
        var tries = StepTries(
            on: manner.tables, limits: manner.limits, isQuick: manner.isBrief,
            policy: RetryPolicy(exhaustsBudget: manner.isBrief))
        let ending = await tries.run(
            &waits, isStopRequested: { Task.isCancelled },
            attempt: { (_) async throws(PostgresError) in
                try await recover()
                let runner = StepRunner(
                    connection: connection, beginnings: manner.beginnings, lockDeadline: locks.perStep, record: row)
                return try await runner.attempt(manner.execution) { reports.add($0).map(progressed) }
            },
            examine: { error, duration in
                await examine(error, of: manner, after: duration)
            })
        self.waits = waits
        switch ending {
        case .ended(let end):
            guard end.outcome == .done else {
                throw PostgresError(.server, "the step was left to the next call: \(end.outcome.word)")
            }
        case .gaveUp(let outcome, let error):
            if case .postponed(_, let blockers) = outcome { self.blockers = blockers }
            throw error ?? PostgresError(.cancelled, "the command was told to stop")
        }
    }

    /// Code of the schema that failed in this session may have left something there.
    private func recover() async throws(PostgresError) {
        guard await connection.record.isSoiled else { return }
        try await connection.recover()
    }

    /// Whoever held a lock is asked for right after the failure.
    private func examine(
        _ error: PostgresError, of manner: Manner, after duration: Duration
    ) async -> StepTries.Failure {
        var failure = StepTries.Failure(ServerFailure(error), duration: duration, isServerUnreachable: true)
        // What is said of a schema that is being renamed names who does so.
        guard manner.isBrief, failure.failure.failureClass == .lockNotAvailable, error.schema == nil else {
            return failure
        }
        do throws(PostgresError) {
            failure.blockers = try await connection.blockers(of: manner.waited.map { ($0.relation, $0.mode.rawValue) })
            return failure
        } catch {
            // What is told is why the step failed, not why nobody knows more.
            return failure
        }
    }

    // MARK: - How a step runs

    private struct Manner {
        let execution: StepExecution
        var beginnings: [StepBeginning] = []
        var limits: StepLimits
        /// Whether others may have to wait for it: then it is tried until they have waited long enough.
        var isBrief = false
        /// What it waits for, if it is brief.
        var waited: [LockRequirement] = []

        var tables: [RelationName] { waited.map(\.relation) }
    }

    /// For statements that nobody waits for.
    private static let unhurriedTimeouts = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '1min'"

    private func manner(of steps: [SchemaStep]) -> Manner {
        let once = StepLimits(
            locks: LockBudget(perStep: locks.perStep, tries: 1, perTableAndHour: locks.perTableAndHour),
            statementTimeout: .zero)
        let step = steps[0]
        switch step.execution {
        case .together, .patiently:
            return Manner(
                execution: .inTransaction(
                    StatementsWork(steps: steps, owner: owner, unhurriedLimits: Self.unhurriedTimeouts)),
                beginnings: [StepBeginning([Connection.beginReadWrite, Self.unhurriedTimeouts])], limits: once)
        case .briefly(let requirements):
            // A step without locks of its own, such as one on a view, waits for those of its statements.
            let own = RelationName(schema: schema, name: step.object.isPart ? step.object.relation : step.object.name)
            return Manner(
                execution: .inTransaction(StatementsWork(steps: steps, owner: owner, requirements: requirements)),
                beginnings: [StepBeginning([Connection.beginReadWrite, LockDeadline(locks.perStep).settings])],
                limits: StepLimits(locks: locks, statementTimeout: locks.perTableAndHour), isBrief: true,
                waited: requirements.isEmpty ? [LockRequirement(.accessExclusive, on: own)] : requirements)
        case .concurrently(let index):
            let work = ConcurrentIndexWork(
                step: step, index: RelationName(schema: schema, name: index), snapshotWait: snapshotWait,
                keeper: keeper)
            return Manner(execution: .alone(work), limits: once)
        case .inBatches(let backfill):
            return Manner(execution: .inBatches(BackfillWork(backfill: backfill, role: step.role)), limits: once)
        }
    }
}

/// Tells how far a backfill is, now and then.
private struct BackfillReports {
    let object: CatalogObject
    let interval: Duration
    private var last = ContinuousClock.now

    init(object: CatalogObject, interval: Duration) {
        self.object = object
        self.interval = interval
    }

    /// nil as long as the last one is not old enough.
    mutating func add(_ progress: BatchProgress) -> BackfillProgress? {
        guard last.duration(to: .now) >= interval else { return nil }
        last = .now
        return BackfillProgress(object: object, batches: progress)
    }
}

/// How far the backfill of a table is.
package struct BackfillProgress: Sendable {
    package let object: CatalogObject
    /// Of the table, or of the partition.
    package let batches: BatchProgress
}
