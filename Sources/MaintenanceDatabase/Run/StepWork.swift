import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// What an action does on a server, whichever it is.
///
/// It runs in one transaction, together with the step's row in the ledger (``StepRunner``): `recheck` first, then as the
/// step's role `perform`.
protocol StepWork: Sendable {
    /// The statements between the limits of the transaction and its COMMIT, in the order in which `perform` sends them:
    /// the same values, for reading and for running by hand in psql.
    func script() throws(SQLTextError) -> [String]

    /// What a script runs after its COMMIT, to leave the session as it was.
    var cleanup: [String] { get }

    /// Whether what the plan assumed still holds, by the predicate that planned it. Asked before the role is taken on,
    /// which may have gone with its objects; and once more outside of the transaction where the server refused the work.
    ///
    /// - Returns: why the step is superseded; nil when it is to go on as planned.
    func recheck(on connection: Connection) async throws(PostgresError) -> String?

    /// The work itself, as the step's role and within its limits. What it returns is committed, or is not.
    func perform(on connection: Connection) async throws(PostgresError) -> StepTransaction.Verdict

    /// What to do about a failure, where the step knows more about its cause than the server.
    func cure(for failure: ServerFailure) -> String?

    /// Relations of which it locks rows that writers lock, too: who stands in the way there holds no lock on the table
    /// that conflicts.
    var rowLocks: [RelationName] { get }

    /// After the COMMIT, without a lock: what has not become as it was meant to, a sentence each.
    func remarks(on connection: Connection) async throws(PostgresError) -> [String]
}

extension StepWork {
    var cleanup: [String] { [] }
    var rowLocks: [RelationName] { [] }
    func remarks(on connection: Connection) async throws(PostgresError) -> [String] { [] }
}

extension PlanStep {
    /// The one place that knows what each action does on a server.
    ///
    /// - Parameter serverVersion: `server_version_num`.
    func work(serverVersion: Int) -> any StepWork {
        let server = ServerCapabilities(versionNumber: serverVersion)
        return switch action {
        case .createPartition(let action): CreatePartitionWork(step: self, action: action, server: server)
        case .refreshView(let action): RefreshViewWork(step: self, action: action, server: server)
        case .updateStatistics(let action): UpdateStatisticsWork(step: self, action: action)
        }
    }
}

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
