import PostgresClient
import SQLText

/// What the error of a failed connection says about missing privileges or settings, and what to do about it. A pure
/// function of the error and the target.
///
/// The SQLSTATE decides. The several causes of 28000 differ only in the message text, so with a server whose messages
/// are not in English (lc_messages) the finding is a general one with the server's message.
struct ConnectionDiagnosis {
    private let error: PostgresError
    private let target: ConnectionTarget

    init(_ error: PostgresError, _ target: ConnectionTarget) {
        self.error = error
        self.target = target
    }

    var findings: [PrivilegeFinding] {
        get throws(PostgresError) {
            switch error.sqlState {
            case .invalidAuthorization?: [try authorization]
            case .invalidPassword?: [password]
            case .invalidCatalogName?: [try missingDatabase]
            case .insufficientPrivilege?: [try missingConnect]
            case .tooManyConnections?: [try connectionLimit]
            case .objectNotInPrerequisiteState?: [try closedDatabase]
            case .cannotConnectNow?: [startingUp]
            case _ where error.kind == .authentication: [password]
            default: [unreachable]
            }
        }
    }

    // MARK: - SQLSTATE 28000

    private var authorization: PrivilegeFinding {
        get throws(PostgresError) {
            if let refused = error.message.firstMatch(
                of: #/(no pg_hba\.conf entry|pg_hba\.conf rejects connection) for host "(?<host>[^"]*)"/#)
            {
                let address = refused.host == "[local]" ? nil : String(refused.host)
                return hbaEntry(address: address, isRejected: refused.1.hasPrefix("pg_hba.conf rejects"))
            }
            if error.message.contains(#/(Peer|Ident) authentication failed for user/#) { return peer }
            if error.message.contains(#/role ".*" does not exist/#) {
                return finding(
                    "role \(target.role)", "it exists and may log in",
                    [.sql("CREATE ROLE \(try spelled(SQLIdentifier(target.role).quoted)) LOGIN")])
            }
            if error.message.contains(#/role ".*" is not permitted to log in/#) {
                return finding(
                    "role \(target.role)", "it may log in",
                    [.sql("ALTER ROLE \(try spelled(SQLIdentifier(target.role).quoted)) LOGIN")])
            }
            return finding(
                "role \(target.role)", "the server lets it in to database \(target.database)",
                [.advice("see the server's log, which says more than it tells the client")])
        }
    }

    private func hbaEntry(address: String?, isRejected: Bool) -> PrivilegeFinding {
        let place: [PrivilegeCure] =
            isRejected
            ? [.advice("put the line of pg_hba.conf above the one that rejects: the first match decides")] : []
        let lines =
            address == nil
            ? peerEntries
            : [
                AuthenticationEntry.hba(
                    database: target.database, role: target.role, address: address, method: "scram-sha-256")
            ]
        return finding(
            "pg_hba.conf", "a line lets role \(target.role) in to database \(target.database)",
            place + lines + [Self.reload])
    }

    private var peer: PrivilegeFinding {
        finding(
            "pg_ident.conf", "the system user \(target.systemUser) may be role \(target.role)",
            [.advice("put the line of pg_hba.conf above those that match already: the first match decides")]
                + peerEntries + [Self.reload])
    }

    /// If the role has the name of the system user, no map in pg_ident.conf is needed.
    private var peerEntries: [PrivilegeCure] {
        let isSame = target.systemUser == target.role
        let line = AuthenticationEntry.hba(
            database: target.database, role: target.role, address: nil, method: isSame ? "peer" : "peer map=pgtend")
        return [line]
            + (isSame
                ? [] : [AuthenticationEntry.ident(map: "pgtend", systemUser: target.systemUser, role: target.role)])
    }

    private static let reload = PrivilegeCure.sql("SELECT pg_reload_conf()")

    // MARK: - Everything else

    private var password: PrivilegeFinding {
        finding(
            "role \(target.role)", "its password is right",
            [
                .advice(
                    "put \(AuthenticationEntry.pgpass(target)) into the password file of \(target.systemUser) "
                        + "(~/.pgpass, mode 0600), or under systemd: LoadCredential=pgpass:/etc/pgtend/pgpass "
                        + "and Environment=PGPASSFILE=%d/pgpass")
            ])
    }

    private var missingDatabase: PrivilegeFinding {
        get throws(PostgresError) {
            finding(
                "database \(target.database)", "it exists",
                [.sql("CREATE DATABASE \(try spelled(SQLIdentifier(target.database).quoted))")])
        }
    }

    private var missingConnect: PrivilegeFinding {
        get throws(PostgresError) {
            let (database, role) = (
                try spelled(SQLIdentifier(target.database).quoted), try spelled(SQLIdentifier(target.role).quoted)
            )
            return finding(
                "database \(target.database)", "role \(target.role) has CONNECT",
                [.sql("GRANT CONNECT ON DATABASE \(database) TO \(role)")])
        }
    }

    private var closedDatabase: PrivilegeFinding {
        get throws(PostgresError) {
            finding(
                "database \(target.database)", "it accepts connections",
                [.sql("ALTER DATABASE \(try spelled(SQLIdentifier(target.database).quoted)) ALLOW_CONNECTIONS true")])
        }
    }

    private var connectionLimit: PrivilegeFinding {
        get throws(PostgresError) {
            if error.message.contains(#/too many connections for role/#) {
                return finding(
                    "role \(target.role)", "it may have one more connection",
                    [.sql("ALTER ROLE \(try spelled(SQLIdentifier(target.role).quoted)) CONNECTION LIMIT -1")])
            }
            if error.message.contains(#/too many connections for database/#) {
                return finding(
                    "database \(target.database)", "it may have one more connection",
                    [.sql("ALTER DATABASE \(try spelled(SQLIdentifier(target.database).quoted)) CONNECTION LIMIT -1")])
            }
            return finding(
                "server", "it has a connection left",
                [
                    .advice(
                        "raise max_connections, or from PostgreSQL 16 on set reserved_connections and "
                            + "GRANT pg_use_reserved_connections TO \(try spelled(SQLIdentifier(target.role).quoted))")
                ])
        }
    }

    private var startingUp: PrivilegeFinding {
        finding("server", "it accepts connections", [.advice("try again when it has started")])
    }

    private var unreachable: PrivilegeFinding {
        let place = target.host.map { "host=\($0)" } ?? "libpq's default socket"
        return finding(
            "server", "it answers at \(place), port \(target.port)",
            [
                .advice(
                    "see whether it runs (systemctl status postgresql, pg_lsclusters), whether host and port are its "
                        + "own (SHOW unix_socket_directories, listen_addresses, port), and whether a firewall is between"
                )
            ])
    }

    private func finding(_ object: String, _ expected: String, _ cures: [PrivilegeCure]) -> PrivilegeFinding {
        PrivilegeFinding(
            severity: .missing, object: object, expected: expected,
            found: (error.sqlState.map { "\(error.message) (SQLSTATE \($0))" } ?? error.message)
                + (error.detail.map { "; \($0)" } ?? ""),
            cures: cures)
    }
}
