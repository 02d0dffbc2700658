import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Checks whether the service can record its work in the ledger. Without that the work succeeds nevertheless, but
/// several services on one database would repeat each other's work.
struct LedgerPrivileges {
    let connection: Connection
    let session: PrivilegeSession
    let definition: LedgerDefinition

    func findings() async throws(PostgresError) -> [PrivilegeFinding] {
        switch try await LedgerAvailability.read(on: connection, owner: definition.owner) {
        case .ready: []
        case .absent: try await missingRights().isEmpty ? [] : [try missingCreate()]
        case .older(let failure):
            try await missingRights().map {
                finding(
                    found: "\(failure.message), and the role lacks \($0.description)", $0.cure.map { [.sql($0)] } ?? [])
            }
        case .unavailable(let failure) where failure.failureClass == .privilege: try missingGrants()
        case .unavailable(let failure), .newer(let failure):
            [
                finding(
                    found: failure.message, failure.cure.map(PrivilegeCure.of) ?? [],
                    failure.failureClass == .refused ? .missing : .advice)
            ]
        }
    }

    private func missingRights() async throws(PostgresError) -> [MissingPrivilege] {
        try await connection.missingPrivileges(LedgerQuery.rights())
    }

    private func missingCreate() throws(PostgresError) -> PrivilegeFinding {
        let role = try spelled(SQLIdentifier(session.role).quoted)
        return finding(
            found: "there is none, and the role may not make it",
            [.sql("CREATE SCHEMA IF NOT EXISTS pgtend_ledger AUTHORIZATION \(role)")])
    }

    private func missingGrants() throws(PostgresError) -> [PrivilegeFinding] {
        let role = try spelled(SQLIdentifier(session.role).quoted)
        return [
            finding(
                found: "another role has made it",
                [
                    .sql("GRANT USAGE ON SCHEMA pgtend_ledger TO \(role)"),
                    .sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgtend_ledger TO \(role)"),
                ])
        ]
    }

    private func finding(
        found: String, _ cures: [PrivilegeCure], _ severity: PrivilegeFinding.Severity = .advice
    ) -> PrivilegeFinding {
        PrivilegeFinding(
            severity: severity, object: "schema pgtend_ledger",
            expected:
                "role \(session.role) may record in it what the service does, so that several services share the work",
            found: found, cures: cures)
    }
}
