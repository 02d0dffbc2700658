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
            let work = work(serverVersion: serverVersion)
            let role = try role.map { (name) throws(SQLTextError) in
                ["SET LOCAL ROLE \(try SQLIdentifier(name).quoted)"]
            }
            let statements = limits.beginning + (role ?? []) + (try work.script()) + ["COMMIT"] + work.cleanup
            return statements.map { "\($0);" }
        } catch {
            throw ServerFailure(PostgresError(error))
        }
    }
}
