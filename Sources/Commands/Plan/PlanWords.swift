import Maintenance
import Reporting

/// What both forms of a plan for people say in the same words.
enum PlanWords {
    static func title(of plan: Plan) -> String {
        "plan for \(plan.database.visible) at \(plan.takenAt)"
    }

    /// How much there is to do, as one sentence.
    static func conclusion(of database: PlannedDatabase) -> String {
        let plan = database.plan
        if plan.objectsInView == 0 {
            let watched = database.schemas.filter { !plan.missingSchemas.contains($0) }
            let schemas = watched.isEmpty ? "" : " in schema \(watched.map(\.visible).joined(separator: ", "))"
            return "nothing to tend: no partitioned table, no materialized view and no corpus\(schemas)"
        }
        let counts = TaskKind.allCases.compactMap { kind in
            count(of: kind, plan.steps.count { $0.kind == kind })
        }
        let refused = plan.refusals.isEmpty ? "" : "; \(plan.refusals.count) refused"
        if counts.isEmpty { return "nothing to do\(refused)" }
        return "\(plan.steps.count.counted("step")): \(counts.joined(separator: ", "))\(refused)"
    }

    private static func count(of kind: TaskKind, _ steps: Int) -> String? {
        guard steps > 0 else { return nil }
        return switch kind {
        case .partitions: "\(steps.counted("partition")) to create"
        case .views: "\(steps.counted("view")) to refresh"
        case .statistics: "statistics of \(steps.counted("tenant")) to update"
        }
    }
}
