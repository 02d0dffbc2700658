import Maintenance
import Reporting

/// Wording that the text and the script of a plan share.
enum PlanWords {
    static func title(of plan: Plan) -> String {
        "plan for \(plan.database.visible) at \(plan.takenAt)"
    }

    /// A sentence that says how much there is to do.
    static func conclusion(of database: PlannedDatabase) -> String {
        let plan = database.plan
        if plan.objectsInView == 0 {
            let watched = database.schemas.filter { !plan.missingSchemas.contains($0) }
            let schemas = watched.isEmpty ? "" : " in schema \(watched.map(\.visible).joined(separator: ", "))"
            return "nothing to tend: no partitioned table, no materialized view and no corpus\(schemas)"
        }
        let counts = ActionKind.allCases.compactMap { kind in
            let count = plan.steps.count { $0.kind == kind }
            return count > 0 ? ActionWords(kind).planned(count) : nil
        }
        let refused = plan.refusals.isEmpty ? "" : "; \(plan.refusals.count) refused"
        if counts.isEmpty { return "nothing to do\(refused)" }
        return "\(plan.steps.count.counted("step")): \(counts.joined(separator: ", "))\(refused)"
    }
}
