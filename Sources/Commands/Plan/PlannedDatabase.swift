import Maintenance
import MaintenanceDatabase

/// The plan for a database, for all renderers.
struct PlannedDatabase {
    let plan: Plan
    let serverVersion: Int
    let schemas: [String]
    /// The statements of each step, by its index, for the JSON document, which is encoded as a whole; else nil.
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

    /// The statements of one step, some 50 kB.
    func statements(of step: PlanStep) throws(ServerFailure) -> [String] {
        try step.sql(serverVersion: serverVersion)
    }

    var status: ExitStatus { ExitStatus(plan.verdict) }
}
