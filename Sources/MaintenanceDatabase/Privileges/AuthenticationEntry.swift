/// Entries for the server's `pg_hba.conf` and `pg_ident.conf`, and for a client's password file.
enum AuthenticationEntry {
    /// - Parameter address: an IP address; nil for the Unix-domain socket.
    static func hba(
        database: String, role: String, address: String?, method: String
    ) -> PrivilegeCure {
        let range = address.map { $0 + ($0.contains(":") ? "/128" : "/32") }
        let columns = [
            range == nil ? "local" : "host", hbaField(database), hbaField(role), range ?? "", method,
        ]
        return .line(file: "pg_hba.conf", text: columns.filter { !$0.isEmpty }.joined(separator: "  "))
    }

    static func ident(map: String, systemUser: String, role: String) -> PrivilegeCure {
        .line(
            file: "pg_ident.conf",
            text: [hbaField(map), hbaField(systemUser), hbaField(role)].joined(separator: "  "))
    }

    /// The line for `~/.pgpass`, with a placeholder for the password; with several hosts or ports, it matches any
    /// (`*`).
    static func pgpass(_ target: ConnectionTarget) -> String {
        let single = { (field: String?) in field.flatMap { $0.contains(",") ? nil : $0 } ?? "*" }
        return [single(target.host), single(target.port), target.database, target.role].map(escaped)
            .joined(separator: ":")
            + ":PASSWORD"
    }

    /// A name as a field of pg_hba.conf or pg_ident.conf, quoted if it has special characters or would be a keyword.
    private static func hbaField(_ name: String) -> String {
        let keywords = ["all", "sameuser", "samerole", "samegroup", "replication"]
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-"
        }
        if isPlain, !name.isEmpty, !keywords.contains(name) { return name }
        return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func escaped(_ field: String) -> String {
        field == "*" ? field : String(field.flatMap { $0 == ":" || $0 == "\\" ? ["\\", $0] : [$0] })
    }
}
