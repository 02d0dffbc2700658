import EmbeddedSQL
import Maintenance
import PostgresClient

/// Executes the steps of a schema plan, each as its manner says, and records them in `pgtend.schema_steps`.
struct SchemaStepRunner {
    let connection: Connection
    let schema: String
    let locks: LockBudget
    let retry = RetryPolicy()
    let programVersion: String

    /// How long a statement may take for which nobody waits.
    private static let patience = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '1min'"
    /// updated_at says when a row was changed by its users, and a backfill is none of them.
    private static let quietly = "SET LOCAL pgtend.keep_updated_at = 'on'"

    /// Makes the table of the record.
    func prepare() async throws(PostgresError) {
        try await connection.script(unsafe: EmbeddedSQL.query(named: "schema_steps_table"))
    }

    /// - Parameter steps: one, or several whose manner is `.together`.
    func execute(_ steps: [SchemaStep]) async throws(PostgresError) {
        guard let first = steps.first else { return }
        switch first.manner {
        case .together:
            try await transaction(unsafe: Self.patience) { () async throws(PostgresError) in
                for step in steps { try await work(step) }
            }
        case .patiently:
            try await transaction(unsafe: Self.patience) { () async throws(PostgresError) in
                try await work(first)
            }
        case .briefly(let requirements): try await briefly(first, requirements)
        case .concurrently(let index): try await concurrently(first, index)
        case .inBatches(let backfill): try await fill(first, backfill)
        }
    }

    // MARK: - In one transaction

    private func transaction(
        unsafe settings: String, _ body: () async throws(PostgresError) -> Void
    ) async throws(PostgresError) {
        try await connection.script(unsafe: "BEGIN; \(settings)")
        do throws(PostgresError) {
            try await body()
            try await connection.commit()
        } catch {
            if !connection.isBroken { try await connection.execute("ROLLBACK", evenIfCancelled: true) }
            throw error
        }
    }

    private func work(_ step: SchemaStep) async throws(PostgresError) {
        for statement in step.statements { try await connection.script(unsafe: statement) }
        try await record(step)
    }

    /// All locks, and all that is done under them, within one deadline; tried again when somebody holds one of them.
    private func briefly(_ step: SchemaStep, _ requirements: [LockRequirement]) async throws(PostgresError) {
        var waited = Duration.zero
        for attempt in 1... {
            let deadline = LockDeadline(locks.perStep)
            do throws(PostgresError) {
                return try await transaction(unsafe: deadline.settings) { () async throws(PostgresError) in
                    for requirement in requirements {
                        try await deadline.take(requirement, on: connection, patience: locks.perStep + .seconds(5))
                    }
                    for statement in step.statements {
                        try await connection.script(unsafe: "\(deadline.settings);\n\(statement)")
                    }
                    try await record(step)
                }
            } catch {
                waited += deadline.elapsed
                let mayWait = waited + locks.perStep <= locks.perTableAndHour && attempt < locks.tries
                guard [.lockNotAvailable, .transactionRollback, .timeout].contains(FailureClass(error)), mayWait
                else { throw error }
                let delay = min(retry.base * (1 << min(attempt - 1, 16)), retry.longest)
                guard await pause(for: delay * Double.random(in: 0.5...1)) else { throw error }
            }
        }
    }

    // MARK: - Outside a transaction

    private func concurrently(_ step: SchemaStep, _ index: String) async throws(PostgresError) {
        // It waits for every transaction that might use the old state, which counts as waiting for locks.
        try await connection.script(unsafe: "SET lock_timeout = 0; SET statement_timeout = 0")
        let row = try await connection.optionalRow(SchemaQuery.indexState(schema, index))
        let isValid: Bool? = try row?.decode("is_valid")
        if isValid == false {
            let name = try QualifiedName(schema: schema, name: index).quoted
            try await connection.execute(Statement(unsafe: "DROP INDEX CONCURRENTLY \(name)"))
        }
        if isValid != true {
            for statement in step.statements { try await connection.execute(Statement(unsafe: statement)) }
            try await record(step)
        }
        try await connection.script(unsafe: "RESET lock_timeout; RESET statement_timeout")
    }

    // MARK: - In batches

    /// Over each table from its first block to its last, in transactions that take as long as the deadline allows.
    ///
    /// Rows that are written meanwhile have their values from a trigger or a default; whatever was missed after all is
    /// still found by the condition, and the next pass takes it.
    private func fill(_ step: SchemaStep, _ backfill: Backfill) async throws(PostgresError) {
        var changed = 0
        for table in backfill.tables { changed += try await fill(table, backfill) }
        try await record(step, rows: changed)
    }

    private func fill(_ table: RelationName, _ backfill: Backfill) async throws(PostgresError) -> Int {
        let name = try table.quoted
        let size = try await connection.row(
            Statement(
                unsafe: "SELECT pg_relation_size(\(try SQLLiteral(name).quoted)::regclass) / "
                    + "current_setting('block_size')::bigint AS blocks"))
        let blocks: Int = try size.decode("blocks")
        var block = 0
        var width = 8
        var changed = 0
        var tries = 0
        while block < blocks {
            let start = ContinuousClock.now
            do throws(PostgresError) {
                changed += try await batch(name, backfill, from: block, to: block + width)
                block += width
                tries = 0
                if start.duration(to: .now) < locks.perStep / 4 { width = min(width * 2, 1 << 14) }
            } catch {
                tries += 1
                guard [.lockNotAvailable, .transactionRollback, .timeout].contains(FailureClass(error)),
                    tries < Self.tries
                else { throw error }
                width = max(1, width / 2)
                guard await pause(for: retry.base * Double(tries)) else { throw error }
            }
        }
        return changed
    }

    /// A row that somebody holds for long is met again and again; after that many times in a row it is reported.
    private static let tries = 30

    private func batch(
        _ table: String, _ backfill: Backfill, from: Int, to: Int
    ) async throws(PostgresError) -> Int {
        try await connection.script(unsafe: "BEGIN; \(LockDeadline(locks.perStep).settings); \(Self.quietly)")
        do throws(PostgresError) {
            let row = try await connection.row(
                Statement(
                    unsafe: """
                        WITH changed AS (
                            UPDATE \(table) AS r SET \(backfill.assignment)
                            WHERE r.ctid >= '(\(from),0)'::tid AND r.ctid < '(\(to),0)'::tid AND (\(backfill.condition))
                            RETURNING 1
                        )
                        SELECT count(*) AS changed FROM changed
                        """))
            let changed: Int = try row.decode("changed")
            try await connection.commit()
            return changed
        } catch {
            if !connection.isBroken { try await connection.execute("ROLLBACK", evenIfCancelled: true) }
            throw error
        }
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
