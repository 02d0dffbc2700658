import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Refreshes a materialized view.
///
/// LOCK TABLE does not support materialized views, so the recheck comes before REFRESH takes its lock, and once more if
/// the server rejects the refresh. Changes in between do little harm: the server rejects a mode that no longer fits,
/// except that the readers of a view that was populated in between wait for one plain refresh.
struct RefreshViewWork: StepWork, TransactionWork {
    let step: PlanStep
    let action: RefreshView
    let server: ServerCapabilities

    /// The server refreshes as the owner of the view, and restricts what the view's functions may do.
    private var sandbox: Sandbox {
        get throws(SQLTextError) {
            // Before PostgreSQL 17, the functions of a view use the search_path of the session, and some views depend on
            // it: so they get the one that the database or the role has set, as in a manual refresh.
            let path = server.has(.restrictedSearchPath) ? [] : ["SET LOCAL search_path TO DEFAULT"]
            let concurrently = action.mode == .concurrent ? "CONCURRENTLY " : ""
            let refresh = "REFRESH MATERIALIZED VIEW \(concurrently)\(try action.view.quoted)"
            return try Sandbox(restrictedByServer: refresh, as: step.role, preparation: path)
        }
    }

    func script() throws(SQLTextError) -> [String] {
        try sandbox.script(limits: step.limits.settings)
    }

    func perform(
        on connection: Connection, within deadline: LockDeadline
    ) async throws(PostgresError) -> StepTransaction.Verdict {
        try await connection.run(
            try spelled(sandbox), limits: step.limits.settings, timeout: step.limits.clientTimeout)
        // By its OID: a cast of its name to regclass would take USAGE on the schema.
        let size = try await connection.row(
            """
            SELECT pg_total_relation_size(c.oid) AS bytes
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = \(action.view.schema) AND c.relname = \(action.view.name)
            """, timeout: step.limits.clientTimeout)
        return .commit(StepResult(figures: [.bytes: try size.decode("bytes")]))
    }

    func recheck(on connection: Connection) async throws(PostgresError) -> String? {
        action.supersession(by: try await ViewReader(connection: connection).read(action.view))
    }

    func workInView(on connection: Connection) async throws(PostgresError) -> WorkInView? {
        let views = try await ViewReader(connection: connection).read(in: [], named: [action.view])
        return views.first { $0.name == action.view }
            .map { WorkInView(view: (view: $0, isConcurrent: action.mode == .concurrent)) }
    }

    func cure(for failure: ServerFailure) -> Cure? {
        action.cure(for: failure, on: server)
    }
}
