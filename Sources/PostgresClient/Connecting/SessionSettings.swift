/// The settings that every session pins, whatever the role, the database or the server sets.
package enum SessionSettings {
    /// One SELECT, so that it takes one round trip. The values are set for the session, so that
    /// `pg_settings.reset_val` still shows the value that the role or the database sets.
    ///
    /// - Parameters:
    ///   - server: which settings it knows, and the encoding of the database.
    ///   - takingAnyBytes: `SessionOptions.takesAnyBytes`.
    ///   - backend: the settings are made only if the backend with this process ID answers; nil makes them on whichever
    ///     answers.
    static func script(
        for server: ServerIdentity, checkingClient: Bool, takingAnyBytes: Bool, onlyOn backend: Int32?
    ) -> String {
        let version = server.version.number
        let all =
            settings + newerSettings.filter { hasSetting($0, version) }.map { ($0.name, $0.value) }
            + (checkingClient ? [connectionCheck] : []) + (takingAnyBytes && server.encoding == bytes.1 ? [bytes] : [])
        let calls = all.map { name, value in "pg_catalog.set_config('\(name)', '\(value)', false)" }
        let condition = backend.map { " WHERE pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) \($0)" } ?? ""
        // Of the list, the first is evaluated first.
        let former =
            backend != nil && version >= 170_000
            ? ["pg_catalog.current_setting('transaction_timeout') AS \(formerTransactionTimeout)"] : []
        return "SELECT " + (former + calls).joined(separator: ", ") + condition
    }

    /// What the script for one backend calls the `transaction_timeout` that the role or the database sets.
    static let formerTransactionTimeout = "former_transaction_timeout"

    /// The `options` of the start of a session: they are in force before its first statement, which a time limit of the role
    /// or the database could end, and stay so when RESET ALL takes back the rest. Others are not among them, since
    /// `pg_settings.reset_val` is to show what the role or the database sets.
    ///
    /// - Parameters:
    ///   - given: those of the conninfo.
    ///   - transactionTimeout: whether the server knows `transaction_timeout`. One that does not refuses the session.
    static func startOptions(after given: String?, transactionTimeout: Bool) -> String {
        let names =
            ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"]
            + (transactionTimeout ? ["transaction_timeout"] : [])
        return ([given].compactMap(\.self) + names.map { "-c \($0)=0" }).joined(separator: " ")
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
        ("default_transaction_read_only", "off"),
        ("default_transaction_deferrable", "off"),
        // What our statements mean.
        ("array_nulls", "on"),
        ("backslash_quote", "safe_encoding"),
        ("transform_null_equals", "off"),
        ("check_function_bodies", "on"),
        // With a limit, a GIN index returns some of the rows that it finds.
        ("gin_fuzzy_search_limit", "0"),
        // Compiling a query on catalogs takes longer than the query.
        ("jit", "off"),
        // An error of a statement is no reason to lose the session.
        ("exit_on_error", "off"),
    ]

    /// A setting that not every supported server knows.
    private struct NewerSetting {
        let name: String
        let value: String
        /// The first `server_version_num` of each major version that has it; later ones have it too.
        let since: [Int]
    }

    private static let newerSettings = [
        NewerSetting(name: "transaction_timeout", value: "0", since: [170_000]),
        // Who makes a role is given it by that.
        NewerSetting(name: "createrole_self_grant", value: "", since: [160_000]),
        // The server would refuse to read views and foreign tables. (The fix of CVE-2024-7348.)
        NewerSetting(name: "restrict_nonsystem_relation_kind", value: "", since: [150_008, 160_004, 170_000]),
    ]

    private static func hasSetting(_ setting: NewerSetting, _ version: Int) -> Bool {
        setting.since.contains { $0 / 10_000 == version / 10_000 && $0 <= version }
            || version / 10_000 > (setting.since.last ?? 0) / 10_000
    }

    /// The names of all that are pinned on some version.
    package static var names: [String] {
        settings.map(\.0) + newerSettings.map(\.name) + [connectionCheck.0, bytes.0]
    }

    /// In a database of this encoding any bytes may be a name, and a server that is asked for UTF-8 refuses the whole result
    /// for one that is none. So they come as they are, and are refused one by one (``Row/undecodable``).
    private static let bytes = ("client_encoding", "SQL_ASCII")

    /// The server ends a statement whose client is gone, and so releases the locks that a run waits for once it has
    /// reconnected. One second is far less than that run waits, and checking the socket once a second costs even the
    /// longest refresh nothing. Servers on some platforms do not support it.
    private static let connectionCheck = ("client_connection_check_interval", "1s")
}
