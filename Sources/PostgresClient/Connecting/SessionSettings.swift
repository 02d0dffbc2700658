/// The settings that every session has, whatever the role, the database or the server would have it.
package enum SessionSettings {
    /// One SELECT, so that it is one round trip; set for the session, so that `pg_settings.reset_val` still shows what
    /// the role or the database would have had.
    ///
    /// - Parameter backend: nothing is set on any other; nil sets them on whichever answers.
    static func script(checkingClient: Bool, onlyOn backend: Int32?) -> String {
        let all = checkingClient ? settings + [connectionCheck] : settings
        let calls = all.map { name, value in "pg_catalog.set_config('\(name)', '\(value)', false)" }
        let condition = backend.map { " WHERE pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) \($0)" } ?? ""
        return "SELECT " + calls.joined(separator: ", ") + condition
    }

    /// The same as statements that people can read and run in psql.
    package static var statements: [String] { settings.map { name, value in "SET \(name) = '\(value)'" } }

    private static let settings = [
        ("timezone", "UTC"),
        ("datestyle", "ISO, YMD"),
        ("intervalstyle", "iso_8601"),
        ("bytea_output", "hex"),
        ("extra_float_digits", "1"),
        ("standard_conforming_strings", "on"),
        // The server's deparse of an expression is compared.
        ("quote_all_identifiers", "off"),
        // Nothing is found by accident, and nobody's function is called instead of ours.
        ("search_path", ""),
        // A policy that would filter is an error that names the table, never a smaller count.
        ("row_security", "off"),
    ]

    /// Lets the server end a statement whose client is gone, and with it the locks that a run which connects again
    /// waits for. A second is far below the time that it waits, and one look at the socket a second costs the longest
    /// refresh nothing. Not every platform of a server can.
    private static let connectionCheck = ("client_connection_check_interval", "1s")
}
