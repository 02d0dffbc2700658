import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

extension LedgerRun {
    /// A row of `sql/ledger/queries/runs.sql`.
    init(_ row: Row) throws(PostgresError) {
        var tasks: [TaskKind] = []
        for word in try row.decode("tasks", as: [String].self) {
            guard let task = TaskKind(rawValue: word) else {
                throw PostgresError(.decoding, "column \"tasks\": \(word.debugDescription) is no kind of task")
            }
            tasks.append(task)
        }
        let run = RunOwner(
            runID: try row.decode("id"), host: try row.decode("host"), pid: try row.decode("pid"),
            startedAt: try row.instant("started_at"))
        let owner = LedgerOwner(
            run: run, application: try row.decode("application"), programVersion: try row.decode("pgtend_version"),
            backendPID: try row.decode("backend_pid"))
        let figures = LedgerFigures(
            done: try row.decode("done"), superseded: try row.decode("superseded"),
            postponed: try row.decode("postponed"), failed: try row.decode("failed"),
            interrupted: try row.decode("interrupted"), refused: try row.decode("refused"),
            lockWait: try row.duration("lock_wait"))
        self.init(
            owner: owner, due: try row.instantIfPresent("due"), tasks: tasks, attempt: try row.decode("attempt"),
            state: try row.word("state"), endedAt: try row.instantIfPresent("ended_at"), figures: figures,
            failure: try Self.failure(row), interruption: try row.decode("interruption"))
    }

    private static func failure(_ row: Row) throws(PostgresError) -> ServerFailure? {
        guard let failureClass = try row.wordIfPresent("failure_class", as: FailureClass.self) else { return nil }
        return ServerFailure(
            failureClass: failureClass, sqlState: try row.decodeIfPresent("sqlstate").map(SQLState.init(_:)),
            message: try row.decodeIfPresent("message") ?? "")
    }
}

extension LedgerStep {
    /// A row of `sql/ledger/queries/steps.sql`.
    init(_ row: Row) throws(PostgresError) {
        self.init(
            number: try row.decode("number"), task: try row.word("task"), object: try RelationName(row),
            action: try row.decode("action"), outcome: try row.word("outcome"),
            startedAt: try row.instantIfPresent("started_at"), duration: try row.duration("duration"),
            lockWait: try row.duration("lock_wait"), attempts: try row.decode("attempts"),
            failureClass: try row.wordIfPresent("failure_class"),
            sqlState: try row.decodeIfPresent("sqlstate").map(SQLState.init(_:)),
            message: try row.decode("message"), figures: try Self.figures(row))
    }

    private static func figures(_ row: Row) throws(PostgresError) -> [StepResult.Figure: Int64] {
        let (names, values): ([String], [Int64]) = (try row.decode("figures"), try row.decode("values"))
        let known = zip(names, values).compactMap { name, value in StepResult.Figure(rawValue: name).map { ($0, value) }
        }
        return Dictionary(known) { first, _ in first }
    }
}
