import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Statements in one transaction, within a deadline or however long they take.
struct StatementsWork: TransactionWork {
    /// All as the same role.
    let steps: [SchemaStep]
    /// Whose the functions are to be that they make as the caller.
    let owner: String?
    /// Locks that are taken before, within the same deadline.
    var requirements: [LockRequirement] = []
    /// The `SET LOCAL` statements of work that nobody waits for; nil for that which has a deadline.
    var unhurriedLimits: String?

    func perform(
        on connection: Connection, within deadline: LockDeadline
    ) async throws(PostgresError) -> StepTransaction.Verdict {
        for requirement in requirements {
            try await deadline.acquire(requirement, on: connection, timeout: deadline.allowed + .seconds(5))
        }
        let statements = steps.flatMap(\.statements)
        if let role = steps.first?.role {
            try await connection.run(
                try spelled(Sandbox(as: role, unsafe: statements)), limits: unhurriedLimits ?? deadline.settings)
        } else {
            // What is left of the deadline shrinks.
            for statement in statements {
                try await connection.script(unsafe: "\(unhurriedLimits ?? deadline.settings);\n\(statement)")
            }
            try await requireHandedOver(on: connection)
        }
        return .commit(StepResult())
    }
}

extension StatementsWork {
    /// What makes a function and what gives it away are two statements, which go by name and by the names of the types of its
    /// arguments. Whoever may rename these could have another function given away, and one of the caller's left, which runs
    /// as the caller for everybody.
    private func requireHandedOver(on connection: Connection) async throws(PostgresError) {
        guard let owner, let row = try await connection.optionalRow(SchemaQuery.repairLeftFunctions(owner)) else {
            return
        }
        let function: String = try row.decode("name")
        throw PostgresError(
            .server,
            "\(function) was made, and another function given to \(owner) in its place; nothing of it was kept",
            hint: "look at who renames types of the schema, then repeat the command")
    }
}

/// New values for rows.
struct BackfillWork: BatchWork {
    let backfill: Backfill
    /// In whose sandbox the rows are changed.
    let role: String?

    var tables: [RelationName] { backfill.tables }

    /// `updated_at` says when users changed a row, and a backfill is none.
    private static let quietly = "SET LOCAL pgtend.keep_updated_at = 'on'"
    /// The tables' owner is bound by no policy; a trigger's function that runs with the rights of their former owner is.
    private static let boundByPolicies = "SET LOCAL row_security = on"
    private static let changed = "pgtend.rows_changed"

    func perform(
        on connection: Connection, table: RelationName, places: String, limits: String
    ) async throws(PostgresError) -> Int64 {
        let name = try spelled(table.quoted)
        let condition = "\(places) AND (\(backfill.condition))"
        // The statement after it then sees all that their last writers have committed.
        let locking = backfill.locksRows ? ["SELECT FROM \(name) AS r WHERE \(condition) FOR NO KEY UPDATE"] : []
        let path = backfill.searchPath.map { ["SET LOCAL search_path = \($0)"] } ?? []
        let sandbox = try spelled(
            Sandbox(
                as: role,
                unsafe: [Self.quietly, Self.boundByPolicies] + path + locking + [
                    """
                    WITH changed AS (
                        UPDATE \(name) AS r SET \(backfill.assignment)
                        WHERE \(condition)
                        RETURNING 1
                    )
                    SELECT set_config('\(Self.changed)', count(*)::text, true) FROM changed
                    """
                ], answer: Self.changed))
        return try await connection.run(sandbox, limits: limits).flatMap { Int64($0) } ?? 0
    }
}

/// An index that is built CONCURRENTLY, in the place of an invalid one that an earlier try has left.
struct ConcurrentIndexWork: LoneWork {
    let step: SchemaStep
    let index: RelationName
    /// How long it waits for transactions that are older, for all of them together. Meanwhile neither VACUUM nor other DDL
    /// comes to its table.
    let snapshotWait: Duration
    let keeper: MigrationKeeper?

    /// The sample of rows that an IVFFlat index is built from does not fit in the default of 64 MB.
    private static let memory = """
        SELECT set_config('maintenance_work_mem', '512MB', false)
        WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('512MB')
        """

    func perform(on connection: Connection) async throws(PostgresError) {
        do throws(PostgresError) {
            if try await isValid(on: connection) == false {
                try await run("DROP INDEX CONCURRENTLY \(try spelled(index.quoted))", on: connection)
            }
            for statement in step.statements { try await run(statement, on: connection) }
        } catch {
            throw try await explained(error, on: connection)
        }
    }

    func completion(on connection: Connection) async throws(PostgresError) -> StepResult? {
        try await isValid(on: connection) == true ? StepResult() : nil
    }

    /// nil for an index that is not there.
    private func isValid(on connection: Connection) async throws(PostgresError) -> Bool? {
        try await connection.optionalRow(SchemaQuery.indexState(index.schema, index.name))?.decode("is_valid")
    }

    /// What it waits for are locks, too: those of older transactions on their own numbers.
    private func run(_ statement: String, on connection: Connection) async throws(PostgresError) {
        let watch = keeper.map { keeper in
            Task { [snapshotWait] in await keeper.limitWaits(of: connection, to: snapshotWait) }
        }
        do throws(PostgresError) {
            let lone = LoneStatement(
                unsafe: statement, as: step.role, settings: [Self.memory], lockTimeout: snapshotWait,
                statementTimeout: nil)
            try await connection.run(lone, timeout: nil)
            watch?.cancel()
            _ = await watch?.value
        } catch {
            watch?.cancel()
            guard let watch, await watch.value else { throw error }
            throw PostgresError(.server, error.message, sqlState: .lockNotAvailable)
        }
    }

    /// The failure of an index that had to wait, with those who kept it waiting and what it has left.
    private func explained(
        _ failure: PostgresError, on connection: Connection
    ) async throws(PostgresError) -> PostgresError {
        guard FailureClass(failure) == .lockNotAvailable else { return failure }
        try await connection.recover()
        let holders = try await connection.rows(SchemaQuery.oldTransactions()).map { (row) throws(PostgresError) in
            try row.decode("holder", as: String.self)
        }
        var failure = failure
        failure.message =
            "an index that is built CONCURRENTLY waits for transactions that are older"
            + (holders.isEmpty ? "" : ", such as that of \(holders.joined(separator: "; "))")
        if try await isValid(on: connection) == false {
            let name = try spelled(index.quoted)
            failure.message +=
                "; \(name) is left behind, not valid: the same command drops it, and so does DROP INDEX CONCURRENTLY \(name)"
        }
        return failure
    }
}
