import Maintenance
import MaintenanceDatabase

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
