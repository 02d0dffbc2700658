import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Analyzes a partitioned table. It runs alone: on PostgreSQL 15 to 17 it analyzes the leaves too, and commits each.
///
/// Without the privilege the server only warns, so what counts is when the table was analyzed last.
struct AnalyzeTableWork: StepWork, LoneWork {
    let step: PlanStep
    let action: AnalyzeTable
    let server: ServerCapabilities

    var givesWayOn: RelationName? { action.table }

    private var statement: LoneStatement {
        get throws(SQLTextError) {
            let only = server.has(.analyzeOnly) ? "ONLY " : ""
            return LoneStatement(
                unsafe: "ANALYZE \(only)\(try action.table.quoted)", as: step.role,
                lockTimeout: step.limits.lockDeadline, statementTimeout: step.limits.statementTimeout)
        }
    }

    func script() throws(SQLTextError) -> [String] { try statement.script() }

    func recheck(on connection: Connection) async throws(PostgresError) -> String? {
        let facts = ServerFacts(
            versionNumber: connection.server.version.number, database: connection.server.database,
            role: connection.server.user, timeZone: "UTC", isStandby: false)
        return try await action.supersession(by: table(on: connection), on: facts)
    }

    func perform(on connection: Connection) async throws(PostgresError) {
        try await connection.run(try spelled(statement), timeout: step.limits.clientTimeout)
    }

    func completion(on connection: Connection) async throws(PostgresError) -> StepResult? {
        try await action.result(in: table(on: connection))
    }

    private func table(on connection: Connection) async throws(PostgresError) -> PartitionedTable? {
        var tables = try await PartitionReader(connection: connection).tables(in: [], named: [action.table])
        try await ChangeReader(connection: connection).read(into: &tables)
        return tables.first
    }

    func cure(for failure: ServerFailure) -> Cure? {
        if failure.failureClass == .timeout { return "raise partitions.analyze.statement_timeout" }
        guard server.has(.restrictedSearchPath), failure.sqlState.map(UnqualifiedNames.notFound.contains) == true else {
            return nil
        }
        return
            "from PostgreSQL 17 ANALYZE runs with the search_path pg_catalog, pg_temp: qualify the names in the function of an "
            + "index or of extended statistics that the server names, or ALTER FUNCTION ... SET search_path"
    }
}
