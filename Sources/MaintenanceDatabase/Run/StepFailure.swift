import Maintenance
import SQLText

/// Adds to the server's words what the step knows about the cause.
struct StepFailure {
    private let step: PlanStep
    private let serverVersion: Int

    init(_ step: PlanStep, serverVersion: Int) {
        self.step = step
        self.serverVersion = serverVersion
    }

    func explained(_ failure: ServerFailure) -> ServerFailure {
        var explained = failure
        if explained.cure == nil { explained.cure = cure(for: failure) }
        return explained
    }

    private func cure(for failure: ServerFailure) -> String? {
        switch step {
        case .createPartition(let step): cure(for: failure, step)
        case .refreshView(let step): cure(for: failure, step)
        case .updateStatistics(let step): cure(for: failure, step)
        }
    }

    private func cure(for failure: ServerFailure, _ step: CreatePartition) -> String? {
        switch (failure.sqlState, failure.failureClass) {
        // check_violation: rows of the range stand in the DEFAULT partition.
        case ("23514", _):
            step.defaultPartition.map {
                "\($0) holds rows of [\(step.lower), \(step.upper)): move them out of it, then run again"
            }
        case (_, .timeout):
            step.defaultPartition.map {
                "\($0) could not be scanned within \(step.limits.lockDeadline), while its writers wait: "
                    + "empty it, or raise lock_timeout for a quiet hour"
            } ?? "the server was too busy to attach an empty table in time: run again, or raise lock_timeout"
        case (_, .privilege):
            privilegeCure(step)
        default: nil
        }
    }

    private func privilegeCure(_ step: CreatePartition) -> String {
        let (owner, schema) = (RelationName.quoted(step.parentOwner), RelationName.quoted(step.partition.schema))
        if step.template.owner != step.parentOwner {
            return
                "its siblings belong to \(step.template.owner): give them the owner of \(step.parent), or let our role "
                + "act as both, with CREATE on schema \(schema)"
        }
        return "\(owner) needs CREATE on schema \(schema) (GRANT CREATE ON SCHEMA \(schema) TO \(owner))"
            + (step.template.tablespace.map { " and on tablespace \(RelationName.quoted($0))" } ?? "")
            + ", and EXECUTE on the functions of the sibling's triggers and policies"
    }

    private func cure(for failure: ServerFailure, _ step: RefreshView) -> String? {
        switch (failure.sqlState, failure.failureClass) {
        // undefined_function, undefined_table, undefined_object, undefined_column
        case ("42883", _), ("42P01", _), ("42704", _), ("42703", _):
            step.unpinnedFunctions.first.map { function in
                (serverVersion >= 170_000
                    ? "from PostgreSQL 17 a refresh runs with the search_path pg_catalog, pg_temp"
                    : "before PostgreSQL 17 a refresh runs under the search_path of the role or database")
                    + ", and these functions pin none of their own: "
                    + "\(step.unpinnedFunctions.joined(separator: ", ")). Qualify the names in them, "
                    + "or ALTER FUNCTION \(function) SET search_path = ..."
            }
        case (_, .timeout): "raise views.statement_timeout, or make the view's query cheaper"
        default: nil
        }
    }

    private func cure(for failure: ServerFailure, _ step: UpdateStatistics) -> String? {
        switch (failure.sqlState, failure.failureClass) {
        // no unique or exclusion constraint matching the ON CONFLICT specification
        case ("42P10", _): "\(step.corpus.target) needs a unique constraint on \(step.corpus.targetColumns.tenant)"
        case (_, .timeout): "raise statistics.statement_timeout"
        default: nil
        }
    }
}
