/// The settings that every session pins, whatever the role, the database or the server sets.
package enum SessionSettings {
    /// One SELECT, so that it takes one round trip. The values are set for the session, so that
    /// `pg_settings.reset_val` still shows the value that the role or the database sets.
    ///
    /// - Parameters:
    ///   - version: `server_version_num`.
    ///   - backend: the settings are made only if the backend with this process ID answers; nil makes them on whichever
    ///     answers.
    static func script(version: Int, checkingClient: Bool, onlyOn backend: Int32?) -> String {
        let all =
            settings + (version >= 170_000 ? [transactionTimeout] : []) + (checkingClient ? [connectionCheck] : [])
        let calls = all.map { name, value in "pg_catalog.set_config('\(name)', '\(value)', false)" }
        let condition = backend.map { " WHERE pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) \($0)" } ?? ""
        return "SELECT " + calls.joined(separator: ", ") + condition
    }

    /// The same as statements that people can read and run in psql.
    package static var statements: [String] {
        // SET takes a quoted list of schemas for the name of one.
        settings.map { name, value in "SET \(name) = \(name == "search_path" ? value : "'\(value)'")" }
    }

    package static let searchPath = "pg_catalog, pg_temp"

    private static let settings = [
        ("timezone", "UTC"),
        ("datestyle", "ISO, YMD"),
        ("intervalstyle", "iso_8601"),
        ("bytea_output", "hex"),
        ("extra_float_digits", "1"),
        ("standard_conforming_strings", "on"),
        // Expressions as the server deparses them are compared as text.
        ("quote_all_identifiers", "off"),
        // Names outside of pg_catalog have to be qualified: no object of somebody else is taken for the one meant.
        // Where the path does not name pg_temp, temporary tables are found before all others.
        ("search_path", searchPath),
        // A policy that would filter is an error that names the table, never a smaller count.
        ("row_security", "off"),
        // Of a role or a database that has another one for its sessions.
        ("role", "none"),
        // Whoever may set these for a database could have each of our transactions end in its middle.
        ("statement_timeout", "0"),
        ("lock_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("idle_session_timeout", "0"),
        // What is looked at under a lock has to be what is there by then.
        ("default_transaction_isolation", "read committed"),
        // Compiling a query on catalogs takes longer than the query.
        ("jit", "off"),
        // An error of a statement is no reason to lose the session.
        ("exit_on_error", "off"),
    ]

    /// Since PostgreSQL 17.
    private static let transactionTimeout = ("transaction_timeout", "0")

    /// The server ends a statement whose client is gone, and so releases the locks that a run waits for once it has
    /// reconnected. One second is far less than that run waits, and checking the socket once a second costs even the
    /// longest refresh nothing. Servers on some platforms do not support it.
    private static let connectionCheck = ("client_connection_check_interval", "1s")
}
