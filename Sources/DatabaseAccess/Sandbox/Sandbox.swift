import PostgresClient
import SQLText

/// Statements that may run code of the objects' owner (triggers, CHECKs, expressions of an index, functions). They run
/// with the rights of one role, which that code cannot leave.
///
/// `SET ROLE` alone confines nobody, since `RESET ROLE` leads back to the session's user. So a temporary SECURITY DEFINER
/// function of the role's executes the statements: in it the server refuses to set the role. What they have deferred
/// would run at COMMIT, as whoever commits; it is done before, under the restrictions that the server has for the
/// building of an index.
///
/// All of it is one transaction, which the caller begins and ends. The role needs TEMPORARY on the database.
package struct Sandbox: Sendable {
    /// Where names without a schema are looked for.
    package enum SearchPath: Sendable {
        /// Where our own sessions do: in `pg_catalog` alone.
        case pinned
        /// Where sessions of the role in this database do: its triggers may rely on it.
        case ofRole
    }

    private enum Form {
        case function(SearchPath, query: String)
        /// The statements that come before those that the server restricts.
        case server(preparation: [String])
    }

    private let role: SQLIdentifier?
    private let statements: [String]
    private let form: Form

    /// - Parameters:
    ///   - role: nil keeps the role that connected.
    ///   - statements: executed one after another.
    ///   - query: executed after them; its only value is returned as text.
    package init(
        as role: String?, path: SearchPath = .pinned, unsafe statements: [String], query: String = ""
    ) throws(SQLTextError) {
        self.role = try role.map(SQLIdentifier.init)
        self.statements = statements
        form = .function(path, query: query)
    }

    /// For a statement whose foreign code the server itself runs as the owner of the object and restricts, so that it can
    /// neither set the role nor leave anything behind for COMMIT: REFRESH MATERIALIZED VIEW, CREATE INDEX, REINDEX,
    /// ANALYZE, CLUSTER. (The fixes of CVE-2022-1552 and CVE-2024-0985.)
    ///
    /// - Parameters:
    ///   - role: nil keeps the role that connected.
    ///   - preparation: executed before it, as the role; must not run foreign code.
    package init(
        restrictedByServer statement: String, as role: String?, preparation: [String] = []
    ) throws(SQLTextError) {
        self.role = try role.map(SQLIdentifier.init)
        statements = [statement]
        form = .server(preparation: preparation)
    }

    /// The statements as they are sent, in their order, without the witness: for reading and for psql.
    ///
    /// - Parameters:
    ///   - limits: the `SET LOCAL` statements of the transaction; all settings are taken back in between.
    ///   - isLast: as in `Connection.run`.
    package func script(limits: String, isLast: Bool = true) throws(SQLTextError) -> [String] {
        let settings = SessionSettings.statements.joined(separator: ";\n")
        return preparation + (try work()) + cleanup(settings: settings, limits: limits, isLast)
    }

    /// What is sent before the work, in a message of its own, so that `pg_stat_activity` shows the work.
    var preparation: [String] {
        // What code of others may have made before under our own names would stop each step that comes after it.
        let discard = ["DISCARD TEMPORARY"]
        return switch form {
        case .function: discard + become + [SandboxText.enter]
        case .server(let preparation): discard + become + preparation
        }
    }

    /// - Parameter isReadOnly: whether the transaction can write nothing any more from the call on.
    func work(isReadOnly: Bool = false) throws(SQLTextError) -> [String] {
        let readOnly = isReadOnly ? ["SET TRANSACTION READ ONLY"] : []
        guard case .function(let path, let query) = form else { return statements + Self.leave }
        let settings = [
            ("statements", statements.joined(separator: ";\n")), ("query", query),
            ("path", path == .pinned ? SessionSettings.searchPath : ""),
        ]
        var calls: [String] = []
        for (name, value) in settings {
            calls.append("pg_catalog.set_config('pgtend.\(name)', \(try SQLLiteral(value).quoted), true)")
        }
        return ["SELECT \(calls.joined(separator: ", "))"] + readOnly + [SandboxText.call] + Self.leave
            + ["SELECT pg_catalog.current_setting('pgtend.result') AS result"]
    }

    /// Takes back what foreign code may have set or made in the session, and if `isLast` does what it has deferred.
    ///
    /// - Parameters:
    ///   - settings: those of our sessions.
    ///   - limits: those of the transaction, while it is settled.
    func cleanup(settings: String, limits: String, _ isLast: Bool) -> [String] {
        var statements = ["RESET ALL", settings, limits]
        if case .function = form, isLast {
            statements += ["CLOSE ALL"] + become + [SandboxText.settle] + Self.leave
        }
        return statements + ["DISCARD TEMPORARY", "DEALLOCATE ALL", "UNLISTEN *"]
    }

    private var become: [String] { role.map { ["SET LOCAL ROLE \($0.quoted)"] } ?? [] }
    private static let leave = ["SET LOCAL ROLE NONE"]
}
