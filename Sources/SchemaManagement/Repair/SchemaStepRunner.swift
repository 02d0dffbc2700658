import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign
import Synchronization

/// Executes the steps of a schema plan, each as its manner says, and records them in `pgtend.schema_steps`.
struct SchemaStepRunner {
    let connection: Connection
    let schema: String
    let locks: LockBudget
    let retry = RetryPolicy()
    let programVersion: String
    let waits = LockWaits()
    /// Backfills may take hours; who waits for them hears that often how far they are.
    var reportInterval = Duration.seconds(10)

    /// How long the locks of each table were waited for, over all steps of the command, and who held those that a step
    /// was given up for.
    final class LockWaits: Sendable {
        private let state = Mutex((times: [RelationName: Duration](), blockers: [Blocker]()))

        var blockers: [Blocker] { state.withLock { $0.blockers } }

        fileprivate func keep(_ blockers: [Blocker]) {
            state.withLock { $0.blockers = blockers }
        }

        /// - Returns: the longest for any of the tables.
        fileprivate func add(_ time: Duration, for relations: [RelationName]) -> Duration {
            state.withLock { state in
                for relation in Set(relations) { state.times[relation, default: .zero] += time }
                return relations.compactMap { state.times[$0] }.max() ?? .zero
            }
        }
    }

    /// How long a statement may take for which nobody waits.
    private static let patience = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '1min'"

    /// The sample of rows that an IVFFlat index is trained on does not fit the default of 64 MB.
    private static let memory = """
        SELECT set_config('maintenance_work_mem', '512MB', false)
        WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('512MB')
        """

    /// Makes the tables of the record: of the steps, and of what they make beyond the schema.
    ///
    /// - Parameter extensionSchemas: where each extension lives, as SQL writes it.
    func prepare(_ extensionSchemas: [String: String]) async throws(PostgresError) {
        if let home = extensionSchemas["vector"] {
            // A function that sets a parameter of pgvector's can be made by others than superusers only when the server
            // has loaded its library, which the first value does.
            try await connection.execute(Statement(unsafe: "SELECT '[1]'::\(home).vector"))
        }
        // Whoever goes on with what another role began need not own its record.
        let record = try await connection.row("SELECT to_regclass('pgtend.schema_steps') IS NOT NULL AS stands")
        let isRecorded: Bool = try record.decode("stands")
        let tables =
            [EmbeddedSQL.text("mcp/migrations/0001_consolidated_schema/foundation/makings.sql")]
            + (isRecorded ? [] : [EmbeddedSQL.query("mcp/queries/repair/steps_table")])
        try await connection.script(unsafe: tables.joined(separator: "\n;\n"))
        try await letAutovacuumGiveWay()
    }

    /// Autovacuum gives way to whoever has waited for `deadlock_timeout`: a second unless somebody has set it, for which no
    /// step waits, and every filled table is vacuumed next. Of a deadlock, whoever looks first is ended, which is us then.
    /// The right to set it a superuser has, or grants.
    private func letAutovacuumGiveWay() async throws(PostgresError) {
        let patience = max(locks.perStep / 4, .milliseconds(1)).milliseconds
        let limit = "\(patience)ms"
        try await connection.execute(
            """
            SELECT set_config('deadlock_timeout', \(limit), false)
            FROM pg_settings AS s
            WHERE s.name = 'deadlock_timeout' AND s.setting::integer > \(patience)
                AND has_parameter_privilege('deadlock_timeout', 'SET')
            """)
    }

    /// - Parameters:
    ///   - steps: one, or several whose manner is `.together`.
    ///   - progressed: called now and then during a backfill.
    func execute(
        _ steps: [SchemaStep], progressed: (BackfillProgress) -> Void = { _ in }
    ) async throws(PostgresError) {
        guard let first = steps.first else { return }
        switch first.manner {
        case .together:
            try await connection.inTransaction(unsafe: Self.patience) { () async throws(PostgresError) in
                for step in steps { try await work(step) }
            }
        case .patiently:
            try await connection.inTransaction(unsafe: Self.patience) { () async throws(PostgresError) in
                try await work(first)
            }
        case .briefly(let requirements): try await briefly(first, requirements)
        case .concurrently(let index): try await concurrently(first, index)
        case .inBatches(let backfill): try await fill(first, backfill, progressed)
        }
    }

    // MARK: - In one transaction

    private func work(_ step: SchemaStep) async throws(PostgresError) {
        for statement in step.statements { try await connection.script(unsafe: statement) }
        try await record(step)
    }

    /// All locks, and all that is done under them, within one deadline; tried again when somebody holds one of them.
    private func briefly(_ step: SchemaStep, _ requirements: [LockRequirement]) async throws(PostgresError) {
        // What takes no locks by itself, such as what is done to a view, waits for those of its statements.
        let own = RelationName(schema: schema, name: step.object.isPart ? step.object.relation : step.object.name)
        let waited = requirements.isEmpty ? [LockRequirement(.accessExclusive, on: own)] : requirements
        for attempt in 1... {
            let deadline = LockDeadline(locks.perStep)
            do throws(PostgresError) {
                return try await connection.inTransaction(unsafe: deadline.settings) { () async throws(PostgresError) in
                    for requirement in requirements {
                        try await deadline.take(requirement, on: connection, patience: locks.perStep + .seconds(5))
                    }
                    for statement in step.statements {
                        try await connection.script(unsafe: "\(deadline.settings);\n\(statement)")
                    }
                    try await record(step)
                }
            } catch {
                let total = waits.add(deadline.elapsed, for: waited.map(\.relation))
                // A lock may take many short tries. What is slow by itself is as slow again.
                let failure = FailureClass(error)
                let mayWait = total + locks.perStep <= locks.perTableAndHour
                guard [.lockNotAvailable, .transactionRollback, .timeout].contains(failure), mayWait,
                    failure != .timeout || attempt < locks.tries
                else {
                    if failure == .lockNotAvailable { try await keepBlockers(of: waited, after: error) }
                    throw error
                }
                let delay = min(retry.base * (1 << min(attempt - 1, 16)), retry.longest)
                guard await pause(for: delay * Double.random(in: 0.5...1)) else { throw error }
            }
        }
    }

    /// Asked right after the failure: whoever held the lock for the whole deadline mostly still has it.
    ///
    /// - Throws: the failure itself where that cannot be asked: it is what is told.
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
        // It waits for every transaction that might use the old state, which counts as waiting for locks.
        try await connection.script(unsafe: "SET lock_timeout = 0; SET statement_timeout = 0; \(Self.memory)")
        let row = try await connection.optionalRow(SchemaQuery.indexState(schema, index))
        let isValid: Bool? = try row?.decode("is_valid")
        if isValid == false {
            let name = try spelled(QualifiedName(schema: schema, name: index).quoted)
            try await connection.execute(Statement(unsafe: "DROP INDEX CONCURRENTLY \(name)"))
        }
        if isValid != true {
            for statement in step.statements { try await connection.execute(Statement(unsafe: statement)) }
            try await record(step)
        }
        try await connection.script(
            unsafe: "RESET lock_timeout; RESET statement_timeout; RESET maintenance_work_mem")
    }

    private func fill(
        _ step: SchemaStep, _ backfill: Backfill, _ progressed: (BackfillProgress) -> Void
    ) async throws(PostgresError) {
        let run = BackfillRun(
            connection: connection, backfill: backfill, locks: locks, retry: retry, reportInterval: reportInterval)
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
        try await record(step, rows: changed)
    }

    // MARK: - The record

    private func record(_ step: SchemaStep, rows: Int? = nil) async throws(PostgresError) {
        var statements = step.statements
        if case .inBatches(let backfill) = step.manner {
            statements = ["UPDATE … AS r SET \(backfill.assignment) WHERE \(backfill.condition)"]
        }
        try await connection.execute(
            """
            INSERT INTO pgtend.schema_steps (object, purpose, statements, rows_changed, pgtend_version)
            VALUES (\(step.object.description), \(step.purpose), \(statements.joined(separator: ";\n")), \
            \(rows)::bigint, \(programVersion))
            """)
    }
}
