import Maintenance
import SQLText

/// The statements of a refresh, in order, in one transaction.
struct RefreshSQL {
    let statements: [String]

    /// - Parameter serverVersion: `server_version_num`.
    init(_ step: RefreshView, serverVersion: Int) throws(SQLTextError) {
        // Before 17 the functions of a view find their names along the search_path of the session, and there are views
        // that live by it: they get the one that the database or the role sets, as in a refresh by hand.
        let path = serverVersion < 170_000 ? ["SET LOCAL search_path TO DEFAULT"] : []
        let manner = step.mode == .concurrent ? "CONCURRENTLY " : ""
        statements = path + ["REFRESH MATERIALIZED VIEW \(manner)\(try step.view.quoted)"]
    }
}
