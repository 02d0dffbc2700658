import PostgresClient
import SQLText

/// Statements that may run code of the objects' owner (triggers, CHECKs, expressions of an index, functions). They run
/// with the rights of one role, which that code cannot leave.
///
/// `SET ROLE` alone confines nobody, since `RESET ROLE` leads back to the session's user. So a temporary SECURITY DEFINER
/// procedure of the role's executes the statements: in it the server refuses to set the role. What they have deferred
/// would run at COMMIT, as whoever commits; it is done before, in the procedure, and what is left after that under the
/// restrictions that the server has for the building of an index.
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
        /// Its path; nil for the role's own. The custom setting whose value is the answer, if any.
        case procedure(path: String?, answer: String?)
        case list
        /// The statements that come before those that the server restricts.
        case server(preparation: [String])
    }

    private let role: SQLIdentifier?
    /// Whether the role is made for the transaction, which is rolled back.
    private var isMade = false
    private let statements: [String]
    private let form: Form

    /// - Parameters:
    ///   - role: nil keeps the role that connected.
    ///   - statements: executed one after another.
    ///   - answer: a custom setting, which they make for the transaction: its value is told, whatever it is.
    package init(
        as role: String?, path: SearchPath = .pinned, unsafe statements: [String], answer: String? = nil
    ) throws(SQLTextError) {
        self.role = try role.map(SQLIdentifier.init)
        self.statements = statements
        form = .procedure(path: path == .pinned ? SessionSettings.searchPath : nil, answer: answer)
    }

    /// For `Connection.read`.
    ///
    /// - Parameters:
    ///   - query: one column of text. A NULL is an error, and so are more than 100,000 rows or 16 MB.
    ///   - role: nil keeps the role that connected.
    ///   - isNobodys: whether nil stands for a role that has nothing, and is gone with the transaction. Making it takes
    ///     a superuser or `CREATEROLE`.
    package init(reading query: String, as role: String?, orNobody isNobodys: Bool = false) throws(SQLTextError) {
        isMade = role == nil && isNobodys
        self.role = try (isMade ? "pgtend_nobody_\(UInt64.random(in: .min ... .max))" : role).map(SQLIdentifier.init)
        statements = [query]
        form = .list
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
    ///   - isLast: whether the transaction runs no other sandbox after this one.
    package func script(limits: String, isLast: Bool = true) throws(SQLTextError) -> [String] {
        let settings = SessionSettings.statements.joined(separator: ";\n")
        let path = knownPath == nil ? [try pathQuestion] : []
        return path + preparation + (try work(path: knownPath))
            + cleanup(settings: settings, limits: limits, isLast: isLast)
    }

    /// The search_path of the statements; nil if it is that of the role's own sessions, of which the server is asked.
    var knownPath: String? {
        switch form {
        case .procedure(let path, _): path
        case .list, .server: SessionSettings.searchPath
        }
    }

    /// Asks for the search_path of the role's own sessions, and makes it that of the statements.
    var pathQuestion: String { get throws(SQLTextError) { try SandboxText.path(of: role) } }

    /// No role has an empty name.
    var roleKey: [UInt8] { Array((role?.name ?? "").utf8) }

    /// What is sent before the work, in a message of its own, so that `pg_stat_activity` shows the work. It becomes the
    /// role for it, as whom the work is called: whatever privileges the role's functions have by default, it may.
    var preparation: [String] {
        switch form {
        case .procedure: [Self.planning] + become + [SandboxText.enter]
        case .list: [Self.planning] + made + become + [SandboxText.read]
        case .server(let preparation): [Self.planning] + become + preparation
        }
    }

    /// - Parameter path: the search_path of the statements; nil if `pathQuestion` was asked.
    func work(path: String?) throws(SQLTextError) -> [String] {
        if case .server = form { return statements + Self.leave }
        var settings = [try Self.set("statements", statements.joined(separator: ";\n"))]
        if let path { settings.append(try Self.set("path", path)) }
        let set = "SELECT " + settings.joined(separator: ", ")
        // A list's transaction can write nothing any more from the call on.
        if case .list = form {
            return [set, "SET TRANSACTION READ ONLY", SandboxText.callReading] + Self.leave
                + [Self.encoding, SandboxText.list]
        }
        guard case .procedure(_, let answer?) = form else { return [set, SandboxText.call] + Self.leave }
        let name = try SQLLiteral(answer).quoted
        return [set, SandboxText.call] + Self.leave
            + [Self.encoding, "SELECT pg_catalog.current_setting(\(name), true) AS answer"]
    }

    private static func set(_ name: String, _ value: String) throws(SQLTextError) -> String {
        "pg_catalog.set_config('pgtend.\(name)', \(try SQLLiteral(value).quoted), true)"
    }

    /// Takes back what foreign code may have set or made in the session, and if `isLast` does what it has deferred.
    ///
    /// - Parameters:
    ///   - settings: those of our sessions.
    ///   - limits: those of the transaction, while it is settled.
    func cleanup(settings: String, limits: String, isLast: Bool) -> [String] {
        var statements = ["RESET ALL", settings, limits]
        if case .procedure = form, isLast {
            statements += ["CLOSE ALL"] + become + [SandboxText.settle] + Self.leave
        }
        return statements + Self.discard
    }

    var hasAnswer: Bool {
        if case .procedure(_, _?) = form { true } else { false }
    }

    /// What code of one owner could leave for another's. The session has no advisory lock of its own.
    static let discard = ["DISCARD TEMPORARY", "DISCARD SEQUENCES", "UNLISTEN *"] + leftovers
    /// What no ROLLBACK takes back.
    static let leftovers = [SandboxText.deallocate, "SELECT pg_catalog.pg_advisory_unlock_all()"]

    /// Queries are planned as in any other session.
    private static let planning = "SET LOCAL jit = DEFAULT; SET LOCAL plan_cache_mode = DEFAULT"

    private var made: [String] { isMade ? (role.map { ["CREATE ROLE \($0.quoted) NOLOGIN"] } ?? []) : [] }
    private var become: [String] { role.map { ["SET LOCAL ROLE \($0.quoted)"] } ?? [] }
    private static let leave = ["SET LOCAL ROLE NONE"]
    /// As each session begins: foreign code may have set another one, in which an answer would read as something else.
    private static let encoding = "SET LOCAL client_encoding = 'UTF8'"
}
