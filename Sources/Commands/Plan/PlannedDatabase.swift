import Maintenance
import MaintenanceDatabase
import Reporting

/// A plan with the SQL of its steps, as both renderers take it.
struct PlannedDatabase {
    let plan: Plan
    let serverVersion: Int
    let schemas: [String]
    /// By the index of the step; nil unless SQL was asked for.
    let sql: [[String]]?

    init(plan: Plan, serverVersion: Int, schemas: [String], withSQL: Bool) throws(ServerFailure) {
        self.plan = plan
        self.serverVersion = serverVersion
        self.schemas = schemas
        guard withSQL else {
            sql = nil
            return
        }
        var statements: [[String]] = []
        for step in plan.steps { statements.append(try step.sql(serverVersion: serverVersion)) }
        sql = statements
    }

    var status: ExitStatus { ExitStatus(plan.verdict) }
}

extension ServerFailure {
    /// The sentence with its SQLSTATE, what the server added, and what to do: a line each, safe for a terminal.
    var explained: String {
        var lines = [description]
        if let detail { lines.append("  detail: \(detail)") }
        if let hint { lines.append("  hint: \(hint)") }
        if let cure { lines.append("  what to do: \(cure)") }
        return lines.map(\.visible).joined(separator: "\n")
    }
}
