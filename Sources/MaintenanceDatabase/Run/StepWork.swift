import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// What all actions have in common, as far as their work on a server is concerned, however it runs (``StepExecution``):
/// first `recheck`, then what is done, and then the step's row in the ledger (``StepRunner``).
protocol StepWork: Sendable {
    var execution: StepExecution { get }

    /// The statements of the work, in the order in which they are sent, for reading and for executing manually in psql. In
    /// a transaction they come after `PlanStep.beginnings` and before COMMIT.
    func script() throws(SQLTextError) -> [String]

    /// Checks whether the assumptions of the plan still hold, with the predicate that the planner used. Called before
    /// the work, whose role may have been dropped with its objects; and once more, outside of the transaction, if
    /// the server rejects the work.
    ///
    /// - Returns: why the step is superseded; nil if it is to go on as planned.
    func recheck(on connection: Connection) async throws(PostgresError) -> String?

    /// What to do about a failure, if the action knows more about its cause than the server does.
    func cure(for failure: ServerFailure) -> Cure?

    /// - Parameter grants: what gives the privileges that the roles of the step lack.
    func cure(forMissing grants: Cure) -> Cure

    /// The objects of the step, for which the privileges are looked at where the server has refused it for want of one.
    ///
    /// - Returns: nil if it is not known what it takes, or they are gone.
    func workInView(on connection: Connection) async throws(PostgresError) -> WorkInView?

    /// Relations in which it locks rows that writers lock too. A session that blocks it there holds no conflicting lock
    /// on the table itself.
    var rowLocks: [RelationName] { get }

    /// Called after the COMMIT, without a lock.
    ///
    /// - Returns: in what the result is not as intended, one sentence each.
    func remarks(on connection: Connection) async throws(PostgresError) -> [String]
}

extension StepWork where Self: TransactionWork {
    var execution: StepExecution { .inTransaction(self) }
}

extension StepWork where Self: LoneWork {
    var execution: StepExecution { .alone(self) }
}

extension StepWork where Self: BatchWork {
    var execution: StepExecution { .inBatches(self) }
}

extension StepWork {
    var rowLocks: [RelationName] { [] }
    func cure(forMissing grants: Cure) -> Cure { grants }
    func workInView(on connection: Connection) async throws(PostgresError) -> WorkInView? { nil }
    func remarks(on connection: Connection) async throws(PostgresError) -> [String] { [] }
}

extension PlanStep {
    /// The work of the step's action: the one place that knows the work of all actions.
    ///
    /// - Parameter serverVersion: `server_version_num`.
    func work(serverVersion: Int) -> any StepWork {
        let server = ServerCapabilities(versionNumber: serverVersion)
        return switch action {
        case .createPartition(let action): CreatePartitionWork(step: self, action: action, server: server)
        case .refreshView(let action): RefreshViewWork(step: self, action: action, server: server)
        case .updateStatistics(let action): UpdateStatisticsWork(step: self, action: action)
        case .analyzeTable(let action): AnalyzeTableWork(step: self, action: action, server: server)
        }
    }
}

extension PlanStep {
    /// The step as SQL, for reading and for executing manually in psql: the statements that `run` sends, in the same
    /// order, each with its semicolon. It lacks the rechecks in between, and the lock deadline of the step applies to
    /// each lock separately instead of to all of them together.
    ///
    /// - Parameter serverVersion: `server_version_num`.
    /// - Throws: if a name cannot be written in SQL because it contains a NUL.
    package func sql(serverVersion: Int) throws(ServerFailure) -> [String] {
        do throws(SQLTextError) {
            let work = work(serverVersion: serverVersion)
            var statements = try work.script()
            if case .inTransaction = work.execution {
                statements = try beginnings.flatMap(\.statements) + statements + ["COMMIT"]
            }
            return statements.map { "\($0);" }
        } catch {
            throw ServerFailure(PostgresError(error))
        }
    }
}

extension PlanStep {
    /// One try of the step.
    ///
    /// - Parameters:
    ///   - keeper: the session that holds the locks of the run; nil if there is only one.
    ///   - row: nil without a ledger.
    ///   - number: of this try, counted from 1.
    func attempt(
        _ work: any StepWork, on connection: Connection, besides keeper: Connection? = nil,
        recordedIn row: StepRow? = nil, number: Int = 1
    ) async throws(PostgresError) -> StepRunner.End {
        let runner = StepRunner(
            connection: connection, keeper: keeper, beginnings: try spelled(beginnings),
            lockDeadline: limits.lockDeadline,
            record: row, attemptNumber: number
        ) { (connection) async throws(PostgresError) in
            try await work.recheck(on: connection).map { .superseded(reason: $0) }
        }
        return try await runner.attempt(work.execution)
    }

    /// The statements that begin the transaction of the step, in a run and in the script of a plan.
    var beginnings: [StepBeginning] {
        get throws(SQLTextError) {
            let begin = StepBeginning([Connection.beginReadWrite, limits.settings])
            if let view = refreshView, view.isInForeignSchema {
                return [begin, StepBeginning([try SchemaPin([view.view.schema]).statement()])]
            }
            guard changesDefinitions else { return [begin] }
            let lock = "SELECT pg_catalog.pg_advisory_xact_lock(\(AdvisoryLock.key), \(AdvisoryLock.definitions))"
            return [
                begin,
                StepBeginning(
                    [lock], meaningWhenLocked: "another step of pgtend's that changes definitions is at work"),
            ]
        }
    }
}

extension StepLimits {
    /// The `SET LOCAL` statements of that transaction.
    var settings: String {
        """
        SET LOCAL lock_timeout = '\(lockDeadline.milliseconds)ms';
        SET LOCAL statement_timeout = '\(statementTimeout.milliseconds)ms'
        """
    }

    /// How long the client waits for the result of a statement; longer than the server's own timeouts.
    var clientTimeout: Duration { max(statementTimeout, lockDeadline) + .seconds(5) }
}
