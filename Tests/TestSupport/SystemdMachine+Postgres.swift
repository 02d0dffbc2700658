import Foundation

extension SystemdMachine {
    private static let settings = "/etc/postgresql/15/main"

    /// Starts Debian's own server as Debian sets it up: its unit is `postgresql@15-main`, its socket in
    /// /run/postgresql, with peer authentication over that, and SCRAM over TCP on this host.
    package func startServer() async throws {
        try await shell("pg_createcluster 15 main -o fsync=off -- --no-sync")
        try await shell("cp -p \(Self.settings)/pg_hba.conf \(Self.settings)/pg_hba.debian")
        // Debian's wrapper waits two seconds for a server that is there after a tenth of one.
        try await configure(
            "postgresql@.service",
            """
            [Service]
            Type=notify
            PIDFile=
            User=postgres
            ExecStart=
            ExecStart=/usr/lib/postgresql/15/bin/postgres --config-file=/etc/postgresql/%I/postgresql.conf
            ExecStop=
            """)
        try await shell("systemctl start postgresql@15-main")
    }

    /// Puts lines above Debian's own in pg_hba.conf, in place of those of an earlier call.
    package func authenticate(_ lines: String...) async throws {
        try await write(lines.joined(separator: "\n") + "\n", to: "\(Self.settings)/pg_hba.test")
        try await shell("cd \(Self.settings) && cat pg_hba.test pg_hba.debian > pg_hba.conf")
        try await psql("SELECT pg_reload_conf()")
    }

    /// What psql answers to the superuser; rows are lines, columns are parted by `|`. Every error is thrown.
    @discardableResult
    package func psql(_ sql: String, database: String = "postgres") async throws -> String {
        let result = try await run(
            "/usr/sbin/runuser", "-u", "postgres", "--", "/usr/lib/postgresql/15/bin/psql", "--no-psqlrc", "--no-align",
            "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=\(database)", "--file=-", input: .text(sql))
        guard result.succeeded else { throw TestFailure("psql: \(result)\n\(sql)") }
        return result.standardOutput.trimmingCharacters(in: .newlines)
    }

    /// The database `shop`, with months of partitions missing and a view whose refresh takes as long as it is told;
    /// tended by the role `pgtend`, which owns nothing, as docs/privileges.md has it.
    package func createShop() async throws {
        try await psql(
            """
            CREATE ROLE shop_owner;
            CREATE ROLE pgtend LOGIN;
            GRANT shop_owner TO pgtend;
            GRANT pg_read_all_stats TO pgtend;
            CREATE DATABASE shop OWNER shop_owner;
            """)
        try await psql("SET ROLE shop_owner;" + Shop.agedTables(in: "shop") + Shop.slowView, database: "shop")
    }
}
