import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads the ledger of one database for reports. It changes nothing, takes no advisory locks, and works on a standby
/// too.
package struct LedgerReader: Sendable {
    private let connection: Connection
    private let database: String

    /// Opens a session, calls `body` with a reader, and closes the session again.
    ///
    /// - Parameter applicationName: the `application_name` of the session.
    /// - Returns: nil if the database has no ledger.
    /// - Throws: if the server cannot be reached, the role may not read the ledger, or the ledger is that of another
    ///   version of pgtend; and what `body` throws.
    package static func read<Value: Sendable>(
        _ definition: DatabaseDefinition, applicationName: String,
        _ body: (LedgerReader) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value? {
        let connection: Connection
        do throws(PostgresError) {
            connection = try await Connection.open(
                definition,
                options: SessionOptions(
                    applicationName: applicationName, statementTimeout: .seconds(60), prefersPrimary: true))
        } catch {
            throw ServerFailure(error)
        }
        do throws(ServerFailure) {
            let reader = LedgerReader(connection: connection, database: definition.name)
            let value = try await reader.exists(ownedBy: definition.ledger.owner) ? try await body(reader) : nil
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private func exists(ownedBy owner: String?) async throws(ServerFailure) -> Bool {
        let availability = try await withServerFailure { () async throws(PostgresError) in
            try await LedgerAvailability.read(on: connection, owner: owner, writing: false)
        }
        switch availability {
        case .ready: return true
        case .absent: return false
        case .unavailable(let failure), .older(let failure), .newer(let failure): throw failure
        }
    }

    private func withServerFailure<Value: Sendable>(
        _ question: () async throws(PostgresError) -> Value
    ) async throws(ServerFailure) -> Value {
        do throws(PostgresError) {
            return try await question()
        } catch {
            throw ServerFailure(error)
        }
    }

    private func all<Value: Sendable>(
        _ query: Statement, _ value: (Row) throws(PostgresError) -> Value
    ) async throws(ServerFailure) -> [Value] {
        try await withServerFailure { () async throws(PostgresError) in
            var values: [Value] = []
            for row in try await connection.rows(query) { values.append(try value(row)) }
            return values
        }
    }
}

// MARK: - Slots and runs

extension LedgerReader {
    /// The latest slots of this database, at most `count` of each kind of task, newest first.
    package func slots(latest count: Int = 1) async throws(ServerFailure) -> [LedgerSlot] {
        try await all(LedgerQuery.slots(database, count)) { (row) throws(PostgresError) in
            LedgerSlot(
                slot: Slot(task: try row.word("task"), due: try row.instant("due")), state: try row.word("state"),
                reason: try row.decode("reason"), startedAt: try row.instantIfPresent("started_at"),
                endedAt: try row.instantIfPresent("ended_at"), completedBy: try row.decode("completed_by"),
                attempts: try row.decode("attempts"))
        }
    }

    /// Runs of this database, newest first, at most `limit`.
    ///
    /// - Parameters:
    ///   - tasks: only runs with one of these kinds of task; nil for all.
    ///   - since: only runs that began then or later, by the server's clock; nil for all.
    package func runs(
        tasks: [TaskKind]? = nil, since: Instant? = nil, limit: Int = 20
    ) async throws(ServerFailure) -> [LedgerRun] {
        let query = LedgerQuery.runs(database, tasks?.map(\.rawValue), since?.description, nil as String?, limit)
        return try await all(query) { (row) throws(PostgresError) in try LedgerRun(row) }
    }

    /// Everything that the ledger has recorded about a run, whatever the database is called in the configuration of
    /// whoever ran it; nil if it does not know the run.
    package func run(_ runID: String) async throws(ServerFailure) -> LedgerRunDetail? {
        let query = LedgerQuery.runs(nil as String?, nil as [String]?, nil as String?, runID, 1)
        let found = try await all(query) { (row) throws(PostgresError) in
            LedgerRunDetail(run: try LedgerRun(row), database: try row.decode("database_name"))
        }
        guard var detail = found.first else { return nil }
        detail.steps = try await all(LedgerQuery.steps(runID)) { (row) throws(PostgresError) in try LedgerStep(row) }
        detail.refusals = try await all(LedgerQuery.refusals(runID)) { (row) throws(PostgresError) in
            Refusal(
                task: try row.word("task"), object: try RelationName(row), reason: try row.word("reason"),
                explanation: try row.decode("explanation"), cure: .advice(try row.decode("cure")))
        }
        detail.heldLocks = try await all(LedgerQuery.heldLocks(runID)) { (row) throws(PostgresError) in
            HeldRunLock(
                task: try row.word("task"), pid: try row.decode("pid"), application: try row.decode("application"),
                user: try row.decode("role"), client: try row.decode("client"), since: try row.instant("since"))
        }
        return detail
    }
}

// MARK: - Derived from runs

extension LedgerReader {
    /// The failure streaks of this database: one for each kind of task whose latest run failed.
    package func streaks() async throws(ServerFailure) -> [LedgerFailureStreak] {
        try await all(LedgerQuery.streaks(database)) { (row) throws(PostgresError) in
            LedgerFailureStreak(
                task: try row.word("task"), failures: try row.decode("failures"), since: try row.instant("since"),
                reason: try row.decode("reason"))
        }
    }

    /// The last recorded refresh of each materialized view, by name.
    package func refreshes() async throws(ServerFailure) -> [LedgerRefresh] {
        try await all(LedgerQuery.refreshes()) { (row) throws(PostgresError) in
            LedgerRefresh(
                view: try RelationName(row), startedAt: try row.instant("started_at"),
                duration: try row.duration("duration"), runID: try row.decode("run_id"))
        }
    }
}

// MARK: - Locks

extension LedgerReader {
    /// The kinds of task whose advisory lock some session holds now; only meaningful on a primary. A run that the
    /// ledger lists as running but whose kinds of task are not among them has died: the next run of that kind will mark
    /// it as abandoned.
    package func lockedTasks() async throws(ServerFailure) -> Set<TaskKind> {
        try await withServerFailure { () async throws(PostgresError) in
            var locked: Set<TaskKind> = []
            for task in TaskKind.allCases where try await RunLock(connection: connection).holder(of: task) != nil {
                locked.insert(task)
            }
            return locked
        }
    }
}
