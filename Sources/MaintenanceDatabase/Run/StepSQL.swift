import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

extension PlanStep {
    /// The step as SQL for reading, and for running by hand in psql: what `run` sends, in its order. The rechecks
    /// between the statements are not in it, and each lock has the limit that a run has for all of them together.
    ///
    /// - Parameter serverVersion: `server_version_num`.
    /// - Throws: where a name cannot be written in SQL, such as one with a NUL.
    package func sql(serverVersion: Int) throws(ServerFailure) -> [String] {
        do throws(SQLTextError) {
            return try statements(serverVersion: serverVersion).map { "\($0);" }
        } catch {
            throw ServerFailure(PostgresError(error))
        }
    }

    private func statements(serverVersion: Int) throws(SQLTextError) -> [String] {
        func role(_ name: String?) throws(SQLTextError) -> [String] {
            guard let name else { return [] }
            return ["SET LOCAL ROLE \(try SQLIdentifier(name).quoted)"]
        }
        let work: [String]
        switch self {
        case .createPartition(let step):
            let ddl = try PartitionDDL(step, serverVersion: serverVersion)
            var locks: [String] = []
            for requirement in step.locks { locks.append(try requirement.statement) }
            let publish = ddl.publish.isEmpty ? [] : ["RESET ROLE"] + ddl.publish + (try role(step.parentOwner))
            work = try role(step.parentOwner) + ddl.create + publish + locks + ddl.attach + ddl.finish
        case .refreshView(let step):
            work = try role(step.role) + RefreshSQL(step, serverVersion: serverVersion).statements
        case .updateStatistics(let step):
            // The tenant stays a parameter here too: put into the text, it could end a comment or a name.
            let tenant = try SQLLiteral(step.tenant).quoted
            var updates: [String] = []
            for (index, statement) in try CorpusSQL(step.corpus).update.enumerated() {
                let name = "pgtend_\(index + 1)"
                updates += ["PREPARE \(name) AS \(statement)", "EXECUTE \(name)(\(tenant))"]
            }
            work = try role(step.role) + updates
            // After the transaction: what a failed one prepared is still there.
            return limits.beginning + work + ["COMMIT", "DEALLOCATE ALL"]
        }
        return limits.beginning + work + ["COMMIT"]
    }
}
