import Maintenance
import PostgresClient

/// One try of one step. What the plan assumed is checked again first, by the predicates that planned it.
struct StepRunner {
    let connection: Connection
    let serverVersion: Int

    func attempt(_ step: PlanStep) async throws(PostgresError) -> StepOutcome {
        switch step {
        case .createPartition(let step): try await attempt(step)
        case .refreshView(let step): try await attempt(step)
        case .updateStatistics(let step): try await attempt(step)
        }
    }

    /// The table is made first: nobody else sees it, and no lock but ACCESS SHARE is held meanwhile. Then the locks,
    /// then the check whether all is as it was planned, and ATTACH within what is left of the deadline.
    private func attempt(_ step: CreatePartition) async throws(PostgresError) -> StepOutcome {
        let ddl = try PartitionDDL(step, serverVersion: serverVersion)
        return try await transaction(step.limits).run(as: step.parentOwner) { () async throws(PostgresError) in
            if let changed = try await recheck(step) { return .rollback(changed) }
            try await connection.script(unsafe: ddl.create.joined(separator: ";\n"))

            let deadline = LockDeadline(step.limits.lockDeadline)
            for requirement in step.locks { try await deadline.take(requirement, on: connection) }
            if let changed = try await recheck(step) { return .rollback(changed) }
            // Beyond SHARE UPDATE EXCLUSIVE somebody waits while ATTACH works: then it has to be done by the deadline.
            let makesOthersWait = step.locks.contains { $0.mode != .shareUpdateExclusive }
            let limit = makesOthersWait ? deadline.setting : "'\(step.limits.statementTimeout.milliseconds)ms'"
            let settings = "SET LOCAL lock_timeout = \(deadline.setting); SET LOCAL statement_timeout = \(limit)"
            try await connection.script(unsafe: ([settings, ddl.attach] + ddl.finish).joined(separator: ";\n"))
            return .commit
        }
    }

    /// nil when the step is to go on as planned.
    private func recheck(_ step: CreatePartition) async throws(PostgresError) -> StepOutcome? {
        let reader = PartitionReader(connection: connection)
        guard let table = try await reader.table(named: step.parent) else {
            return .superseded(reason: "\(step.parent) is no partitioned table any more")
        }
        guard table.oid == step.parentOID, table.owner == step.parentOwner,
            table.key == .column(step.keyColumn, type: step.keyType.rawValue),
            table.defaultPartition == step.defaultPartition
        else {
            return .superseded(reason: "\(step.parent) is not the table any more that was planned for; run again")
        }
        switch table.coverage(from: step.from, to: step.to) {
        case .none: return nil
        case .whole: return .superseded(reason: "the range has its partition by now")
        case .part(let other): return .superseded(reason: "\(other.name) holds a part of the range by now")
        }
    }

    /// LOCK TABLE knows no materialized views, so the check is made before REFRESH takes its lock; what changes in
    /// between is an error of the server's, never a blocked reader: a view that was populated meanwhile is refreshed
    /// no other way than as planned only if nobody could read it.
    private func attempt(_ step: RefreshView) async throws(PostgresError) -> StepOutcome {
        let statements = try RefreshSQL(step, serverVersion: serverVersion).statements
        return try await transaction(step.limits).run(as: step.role) { () async throws(PostgresError) in
            let views = try await ViewReader(connection: connection).read()
            guard let view = views.first(where: { $0.name == step.view }) else {
                return .rollback(.superseded(reason: "\(step.view) is no materialized view any more"))
            }
            switch step.mode {
            case .initial where view.isPopulated:
                return .rollback(.superseded(reason: "\(step.view) was populated meanwhile"))
            case .concurrent where !view.isPopulated || !view.hasUniqueIndex:
                return .rollback(.superseded(reason: "\(step.view) can no longer be refreshed concurrently; run again"))
            default:
                for statement in statements { try await connection.execute(Statement(unsafe: statement)) }
                return .commit
            }
        }
    }

    private func attempt(_ step: UpdateStatistics) async throws(PostgresError) -> StepOutcome {
        let statements = try CorpusSQL(step.corpus).update
        return try await transaction(step.limits).run(as: step.role) { () async throws(PostgresError) in
            for statement in statements {
                try await connection.execute(Statement(unsafe: statement, parameters: [step.tenant]))
            }
            return .commit
        }
    }

    private func transaction(_ limits: StepLimits) -> StepTransaction {
        StepTransaction(connection: connection, limits: limits)
    }
}
