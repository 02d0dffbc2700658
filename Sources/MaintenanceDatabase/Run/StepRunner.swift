import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// One try of one step. What the plan assumed is checked again first, by the predicates that planned it.
struct StepRunner {
    let connection: Connection
    let serverVersion: Int
    /// nil where there is no ledger.
    var entry: LedgerStepEntry?

    func attempt(_ step: PlanStep) async throws(PostgresError) -> StepOutcome {
        switch step {
        case .createPartition(let step): try await attempt(step)
        case .refreshView(let step): try await attempt(step)
        case .updateStatistics(let step): try await attempt(step)
        }
    }

    /// The table is made first: nobody else sees it, and no lock but ACCESS SHARE is held meanwhile. Then the lock on
    /// the parent, then the check whether all is as it was planned, which that lock keeps so; and only then the locks
    /// that make others wait, for no more than ATTACH and what needs it.
    private func attempt(_ step: CreatePartition) async throws(PostgresError) -> StepOutcome {
        let ddl = try spelled(PartitionDDL(step, serverVersion: serverVersion))
        let changed = { () async throws(PostgresError) -> StepOutcome? in
            if let changed = try await recheck(step) { return changed }
            if let changed = try await recheckTemplate(step) { return changed }
            return try await recheckName(step)
        }
        return try await transaction(step.limits).run(as: step.parentOwner, unless: changed) {
            () async throws(PostgresError) in
            let patience = step.limits.patience
            try await connection.script(unsafe: ddl.create.joined(separator: ";\n"), timeout: patience)
            try await publish(ddl, of: step)

            let wait = LockDeadline(step.limits.lockDeadline)
            for requirement in step.locks.prefix(1) {
                try await wait.take(requirement, on: connection, patience: patience)
            }
            // Nobody who reads or writes waits for us while the recheck reads: its time is none of the locks'.
            let left = step.limits.lockDeadline - wait.elapsed
            let limit = "SET LOCAL statement_timeout = '\(step.limits.statementTimeout.milliseconds)ms'"
            try await connection.script(unsafe: limit)
            if let changed = try await recheck(step) { return .rollback(changed) }

            let strong = step.locks.dropFirst()
            let deadline = LockDeadline(left)
            for requirement in strong { try await deadline.take(requirement, on: connection, patience: patience) }
            try await attach(ddl, strong.isEmpty ? nil : deadline, limit, patience)
            return .commit
        }
    }

    /// - Parameter deadline: of those whom the locks make wait, nil where there are none.
    private func attach(
        _ ddl: PartitionDDL, _ deadline: LockDeadline?, _ limit: String, _ patience: Duration
    ) async throws(PostgresError) {
        guard let deadline else {
            return try await connection.script(
                unsafe: (ddl.attach + ddl.finish).joined(separator: ";\n"), timeout: patience)
        }
        // The limits of the server count for each statement anew: so each is sent with what is left for all of them.
        for work in [ddl.attach.joined(separator: ";\n")] + ddl.finish {
            try await connection.script(unsafe: "\(deadline.settings);\n\(work)", timeout: patience)
        }
        // What is committed is not to be called a failure because its last moment was a late one.
        try await connection.script(unsafe: limit)
    }

    /// What our role may not do is left out; the comparison with the sibling then reports it.
    private func publish(_ ddl: PartitionDDL, of step: CreatePartition) async throws(PostgresError) {
        guard !ddl.publish.isEmpty else { return }
        try await connection.script(unsafe: "RESET ROLE")
        for statement in ddl.publish {
            try await connection.script(
                unsafe: statement, unlessRefusedWith: [.insufficientPrivilege], timeout: step.limits.patience)
        }
        try await connection.execute("SET LOCAL ROLE \(try spelled(SQLIdentifier(step.parentOwner)))")
    }

    /// nil when the step is to go on as planned.
    private func recheck(_ step: CreatePartition) async throws(PostgresError) -> StepOutcome? {
        let reader = PartitionReader(connection: connection)
        guard let table = try await reader.table(named: step.parent) else {
            return .superseded(reason: "\(step.parent) is no partitioned table any more")
        }
        guard table.oid == step.parentOID, table.owner == step.parentOwner,
            table.key == .column(step.keyColumn, type: step.keyType.rawValue),
            table.defaultPartition == step.defaultPartition, table.foreignKeyTables == step.foreignKeyTables
        else {
            return .superseded(reason: "\(step.parent) is not the table any more that was planned for; run again")
        }
        switch table.coverage(from: step.from, to: step.to) {
        case .none: return nil
        case .whole: return .superseded(reason: "the range has its partition by now")
        case .part(let other): return .superseded(reason: "\(other.name) holds a part of the range by now")
        }
    }

    /// Whoever closed the sibling to somebody meanwhile has closed the new partition too. Asked before any lock is held:
    /// to print its policies the server locks the sibling, within the step's `lock_timeout`.
    private func recheckTemplate(_ step: CreatePartition) async throws(PostgresError) -> StepOutcome? {
        let sibling = step.template.relation
        var template = try await TemplateReader(connection: connection).read(sibling)
        if sibling == step.parent { template = template?.ofFirstPartition }
        // An index that somebody gives the sibling meanwhile would not be copied anyhow.
        template?.ownParts = step.template.ownParts
        if template == step.template { return nil }
        return .superseded(
            reason:
                "what new partitions follow of \(sibling) (grants, policies, settings) changed after the plan was made; run again"
        )
    }

    /// Asked while the new table does not stand: afterwards the name is its own.
    private func recheckName(_ step: CreatePartition) async throws(PostgresError) -> StepOutcome? {
        let taken = try await connection.rows(CatalogQuery.names([step.partition.schema], [step.partition.name]))
        return taken.isEmpty ? nil : .superseded(reason: "something else is called \(step.partition) by now; run again")
    }

    /// LOCK TABLE knows no materialized views, so the check is made before REFRESH takes its lock, and again if the
    /// server refuses. In between nothing worse can happen: each mode is refused where it no longer fits, but for a
    /// view that was populated meanwhile, whose readers then wait for one plain refresh.
    private func attempt(_ step: RefreshView) async throws(PostgresError) -> StepOutcome {
        let statements = try spelled(RefreshSQL(step, serverVersion: serverVersion).statements)
        let changed = { () async throws(PostgresError) -> StepOutcome? in try await recheck(step) }
        return try await transaction(step.limits).run(as: step.role, unless: changed) {
            () async throws(PostgresError) in
            for statement in statements {
                try await connection.execute(Statement(unsafe: statement), timeout: step.limits.patience)
            }
            return .commit
        }
    }

    /// nil when the step is to go on as planned.
    private func recheck(_ step: RefreshView) async throws(PostgresError) -> StepOutcome? {
        let views = try await ViewReader(connection: connection).read()
        guard let view = views.first(where: { $0.name == step.view }) else {
            return .superseded(reason: "\(step.view) is no materialized view any more")
        }
        if let role = step.role, view.owner != role {
            return .superseded(reason: "\(step.view) belongs to \(view.owner) by now; run again")
        }
        return switch step.mode {
        case .initial where view.isPopulated: .superseded(reason: "\(step.view) was populated meanwhile")
        case .concurrent where !view.isPopulated || !view.hasUniqueIndex:
            .superseded(reason: "\(step.view) can no longer be refreshed concurrently; run again")
        default: nil
        }
    }

    private func attempt(_ step: UpdateStatistics) async throws(PostgresError) -> StepOutcome {
        let statements = try spelled(CorpusSQL(step.corpus).update)
        return try await transaction(step.limits).run(as: step.role, unless: { nil }) {
            () async throws(PostgresError) in
            for statement in statements {
                try await connection.execute(
                    Statement(unsafe: statement, parameters: [step.tenant]), timeout: step.limits.patience)
            }
            return .commit
        }
    }

    private func transaction(_ limits: StepLimits) -> StepTransaction {
        StepTransaction(connection: connection, limits: limits, entry: entry)
    }
}
