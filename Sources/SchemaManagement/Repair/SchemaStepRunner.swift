import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign
import Synchronization

/// Executes the steps of a schema plan, each as its `execution` says, and records them.
struct SchemaStepRunner {
    let connection: Connection
    let schema: String
    /// Whose own schema the tables of the record are in.
    var set = MigrationSet.platform
    let locks: LockBudget
    let retry = RetryPolicy()
    let programVersion: String
    /// Holds the lock against other commands: nothing is begun or committed without it.
    var keeper: MigrationKeeper?
    let waits = LockWaits()
    /// How often the progress of a backfill is reported, which may take hours.
    var reportInterval = Duration.seconds(10)
    /// How long an index that is built CONCURRENTLY waits for transactions that are older, for all of them together.
    /// Meanwhile neither VACUUM nor other DDL comes to its table.
    var snapshotWait = Duration.seconds(600)

    /// How long all steps of the command have waited for the locks of each table, and who held those that a step has
    /// given up on.
    final class LockWaits: Sendable {
        private let state = Mutex((times: [RelationName: Duration](), blockers: [Blocker]()))

        var blockers: [Blocker] { state.withLock { $0.blockers } }

        fileprivate func keep(_ blockers: [Blocker]) {
            state.withLock { $0.blockers = blockers }
        }

        /// - Returns: the longest time so far for any of the tables.
        fileprivate func add(_ time: Duration, for relations: [RelationName]) -> Duration {
            state.withLock { state in
                for relation in Set(relations) { state.times[relation, default: .zero] += time }
                return relations.compactMap { state.times[$0] }.max() ?? .zero
            }
        }
    }

    /// For statements that nobody waits for.
    private static let unhurriedTimeouts = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '1min'"

    /// The sample of rows that an IVFFlat index is built from does not fit in the default of 64 MB.
    private static let memory = """
        SELECT set_config('maintenance_work_mem', '512MB', false)
        WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('512MB')
        """

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
    func execute(
        _ steps: [SchemaStep], progressed: (BackfillProgress) -> Void = { _ in }
    ) async throws(PostgresError) {
        guard let first = steps.first else { return }
        try await keeper?.requireLock()
        try await recover()
        switch first.execution {
        case .together:
            try await connection.inTransaction(unsafe: Self.unhurriedTimeouts) { () async throws(PostgresError) in
                try await work(steps, within: Self.unhurriedTimeouts)
            }
        case .patiently:
            try await connection.inTransaction(unsafe: Self.unhurriedTimeouts) { () async throws(PostgresError) in
                try await work([first], within: Self.unhurriedTimeouts)
            }
        case .briefly(let requirements): try await briefly(first, requirements)
        case .concurrently(let index): try await concurrently(first, index)
        case .inBatches(let backfill): try await fill(first, backfill, progressed)
        }
    }

    /// Code of the schema that failed in this session may have left something there.
    private func recover() async throws(PostgresError) {
        guard await connection.record.isSoiled else { return }
        try await connection.recover()
    }

    // MARK: - In one transaction

    /// - Parameters:
    ///   - steps: all as the same role.
    ///   - limits: asked for before each statement, since they shrink.
    private func work(
        _ steps: [SchemaStep], within limits: @autoclosure () -> String
    ) async throws(PostgresError) {
        let statements = steps.flatMap(\.statements)
        if let role = steps.first?.role {
            try await connection.run(try spelled(Sandbox(as: role, unsafe: statements)), limits: limits())
        } else {
            for statement in statements { try await connection.script(unsafe: "\(limits());\n\(statement)") }
        }
        for step in steps { try await record.enter(step) }
        try await keeper?.requireLock()
    }

    /// Takes the locks and does the work within one deadline; tries again if somebody holds one of the locks.
    private func briefly(_ step: SchemaStep, _ requirements: [LockRequirement]) async throws(PostgresError) {
        // A step without locks of its own, such as one on a view, waits for those of its statements.
        let own = RelationName(schema: schema, name: step.object.isPart ? step.object.relation : step.object.name)
        let waited = requirements.isEmpty ? [LockRequirement(.accessExclusive, on: own)] : requirements
        for attempt in 1... {
            try await recover()
            let deadline = LockDeadline(locks.perStep)
            do throws(PostgresError) {
                return try await connection.inTransaction(unsafe: deadline.settings) { () async throws(PostgresError) in
                    for requirement in requirements {
                        try await deadline.acquire(requirement, on: connection, timeout: locks.perStep + .seconds(5))
                    }
                    try await work([step], within: deadline.settings)
                }
            } catch {
                let total = waits.add(deadline.elapsed, for: waited.map(\.relation))
                // A lock may take many short tries. Work that is too slow is tried a few times only: it will hardly be
                // faster.
                let failure = FailureClass(error)
                let mayWait = total + locks.perStep <= locks.perTableAndHour
                guard [.lockNotAvailable, .transactionRollback, .timeout].contains(failure), mayWait,
                    failure != .timeout || attempt < locks.tries
                else {
                    if failure == .lockNotAvailable { try await keepBlockers(of: waited, after: error) }
                    throw error
                }
                let delay = retry.backoff.pause(after: attempt, jitter: .random(in: 0...1))
                guard await pause(for: delay) else { throw error }
            }
        }
    }

    /// Asked right after the failure, when whoever held the lock usually still has it.
    ///
    /// - Throws: the given failure if the query fails, too.
    private func keepBlockers(
        of requirements: [LockRequirement], after failure: PostgresError
    ) async throws(PostgresError) {
        do throws(PostgresError) {
            waits.keep(try await connection.blockers(of: requirements.map { ($0.relation, $0.mode.rawValue) }))
        } catch {
            throw failure
        }
    }

    // MARK: - Outside a transaction

    private func concurrently(_ step: SchemaStep, _ index: String) async throws(PostgresError) {
        // What CREATE INDEX CONCURRENTLY waits for are locks, too: those of older transactions on their own numbers.
        try await connection.script(
            unsafe: "SET lock_timeout = '\(snapshotWait.milliseconds)ms'; SET statement_timeout = 0; \(Self.memory)")
        let name = try spelled(QualifiedName(schema: schema, name: index).quoted)
        do throws(PostgresError) {
            if try await isValid(index) == false {
                try await withLimitedWaits(Statement(unsafe: "DROP INDEX CONCURRENTLY \(name)"))
            }
            let isBuilt = try await isValid(index) == true
            if !isBuilt {
                for statement in step.statements { try await withLimitedWaits(Statement(unsafe: statement)) }
            }
            // One that an earlier call has built, and not recorded any more, is no step of a plan, but is one of a migration.
            if !isBuilt || step.migration != nil {
                try await keeper?.requireLock()
                try await record.enter(step)
            }
        } catch {
            throw try await waiting(for: index, error)
        }
        try await connection.script(
            unsafe: "SET lock_timeout = 0; SET statement_timeout = 0; RESET maintenance_work_mem")
    }

    private func withLimitedWaits(_ statement: Statement) async throws(PostgresError) {
        guard let keeper else { return try await connection.execute(statement) }
        let watch = Task { [connection, snapshotWait] in await keeper.limitWaits(of: connection, to: snapshotWait) }
        do throws(PostgresError) {
            try await connection.execute(statement)
            watch.cancel()
            _ = await watch.value
        } catch {
            watch.cancel()
            guard await watch.value else { throw error }
            throw PostgresError(.server, error.message, sqlState: .lockNotAvailable)
        }
    }

    /// nil for an index that is not there.
    private func isValid(_ index: String) async throws(PostgresError) -> Bool? {
        try await connection.optionalRow(SchemaQuery.indexState(schema, index))?.decode("is_valid")
    }

    /// The failure of an index that had to wait, with those who kept it waiting and what it has left.
    private func waiting(
        for index: String, _ failure: PostgresError
    ) async throws(PostgresError) -> PostgresError {
        guard FailureClass(failure) == .lockNotAvailable else { return failure }
        let holders = try await connection.rows(SchemaQuery.oldTransactions()).map { (row) throws(PostgresError) in
            try row.decode("holder", as: String.self)
        }
        var failure = failure
        failure.message =
            "an index that is built CONCURRENTLY waits for transactions that are older"
            + (holders.isEmpty ? "" : ", such as that of \(holders.joined(separator: "; "))")
        if try await isValid(index) == false {
            let name = try spelled(QualifiedName(schema: schema, name: index).quoted)
            failure.message +=
                "; \(name) is left behind, not valid: the same command drops it, and so does DROP INDEX CONCURRENTLY \(name)"
        }
        return failure
    }

    private func fill(
        _ step: SchemaStep, _ backfill: Backfill, _ progressed: (BackfillProgress) -> Void
    ) async throws(PostgresError) {
        let run = BackfillRun(
            connection: connection, backfill: backfill, role: step.role, locks: locks, retry: retry,
            reportInterval: reportInterval, keeper: keeper)
        var changed = 0
        for table in backfill.tables {
            let start = ContinuousClock.now
            changed += try await run.fill(table) { share, changed in
                progressed(
                    BackfillProgress(
                        object: step.object, table: table, share: share, changed: changed,
                        duration: start.duration(to: .now)))
            }
        }
        try await record.enter(step, rows: changed)
    }
}
