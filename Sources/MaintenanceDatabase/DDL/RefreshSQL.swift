import Maintenance
import PostgresClient

/// The statements that refresh a view.
struct RefreshSQL {
    let statements: [String]

    /// - Parameter serverVersion: `server_version_num`.
    init(_ step: RefreshView, serverVersion: Int) throws(PostgresError) {
        let manner = step.mode == .concurrent ? "CONCURRENTLY " : ""
        let refresh = "REFRESH MATERIALIZED VIEW \(manner)\(try step.view.quoted)"
        // From 17 on the server has a search_path of its own for it. Before, functions find their names by the one that
        // sessions of this database have, not by our empty one.
        statements = serverVersion >= 170_000 ? [refresh] : ["SET LOCAL search_path TO DEFAULT", refresh]
    }
}
