import Maintenance
import MaintenanceDatabase

/// The plan for a database, and the SQL of its steps if it is needed, for all renderers.
struct PlannedDatabase {
    let plan: Plan
    let serverVersion: Int
    let schemas: [String]
    /// The statements of each step, by its index; nil unless SQL was requested.
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
