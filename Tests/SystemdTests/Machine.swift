import TestSupport

extension SystemdMachine {
    /// As shipped, for the database `shop`, over the Unix socket unless said otherwise.
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

    /// Entries that pgtend wrote as one of its units.
    func reports(of unit: String, _ matches: String = "") async throws -> [JournalRecord] {
        try await records("_SYSTEMD_UNIT=\(unit) SYSLOG_IDENTIFIER=pgtend \(matches)")
    }

    /// Returns when some session of the shop answers `condition`; see `Shop.wait`.
    func waitForSession(where condition: String) async throws {
        try await psql(Shop.wait(forSessionWhere: condition), database: "shop")
    }
}
