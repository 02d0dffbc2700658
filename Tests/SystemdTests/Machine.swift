import TestSupport

/// How the service reaches its database.
enum Access: CaseIterable {
    /// As shipped.
    case socket
    /// With the drop-in, by name and password.
    case tcp
}

extension SystemdMachine {
    /// A configuration for the database `shop` over the Unix socket.
    ///
    /// - Parameters:
    ///   - conninfo: in place of that.
    ///   - more: lines below the database's, or without indentation the file's.
    func configureShop(
        conninfo: String = "host=/run/postgresql dbname=shop", file: String = "pgtend", _ more: String = ""
    ) async throws {
        try await write(
            """
            databases:
              - name: shop
                conninfo: \(conninfo)
                schemas: [shop]
            \(more)

            """, to: "/etc/pgtend/\(file).yaml", mode: "0640")
    }

    /// The same, and all that `unit` needs for that access.
    func configureShop(for unit: String, _ access: Access, _ more: String = "") async throws {
        switch access {
        case .socket: try await configureShop(more)
        case .tcp:
            try await psql("ALTER ROLE pgtend PASSWORD 'secret'")
            try await write("localhost:5432:shop:pgtend:secret\n", to: "/etc/pgtend/pgpass", mode: "0600")
            try await openTCP(for: unit)
            try await configureShop(conninfo: "host=localhost dbname=shop", more)
        }
    }

    /// Installs the drop-in as docs/systemd.md says.
    func openTCP(for unit: String) async throws {
        try await shell(
            """
            install -D -m 644 /usr/share/doc/pgtend/systemd/tcp.conf '/etc/systemd/system/\(unit).d/tcp.conf'
            systemctl daemon-reload
            """)
    }

    /// Entries that pgtend wrote as one of its units. journald looks up the unit of a process when it reads an entry: on a
    /// machine with other work the process may have ended by then, and the entry has none.
    func reports(of unit: String) async throws -> [JournalRecord] {
        try await records("SYSLOG_IDENTIFIER=pgtend").filter {
            $0["_SYSTEMD_UNIT"] == unit || $0["_SYSTEMD_UNIT"] == nil
        }
    }

    /// Awaits the `count`th entry of a kind, and answers it.
    @discardableResult
    func entry(of unit: String, _ event: Event, count: Int = 1) async throws -> JournalRecord {
        try await entry("_SYSTEMD_UNIT=\(unit) MESSAGE_ID=\(event.rawValue)", count: count)
    }

    /// Returns when some session of the shop answers `condition`; see `Shop.wait`.
    func waitForSession(where condition: String) async throws {
        try await psql(Shop.wait(forSessionWhere: condition), database: "shop")
    }
}
