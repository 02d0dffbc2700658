import Maintenance
import PostgresClient
import SQLText

extension ServerFailure {
    /// Classifies an error of the client for the retry logic and the reports. The SQLSTATE and the server's texts are
    /// kept. The CONTEXT is appended to the DETAIL, since only it names the function that failed.
    package init(_ error: PostgresError) {
        // The hint about a pooler comes from pgtend, not from the server.
        let isOurs = error.kind == .pooler
        self.init(
            failureClass: FailureClass(error), sqlState: error.sqlState, message: error.message,
            detail: Self.detail(of: error), hint: isOurs ? nil : error.hint,
            cure: isOurs ? error.hint.map(Cure.advice) : Self.cure(for: error))
    }

    private static func detail(of error: PostgresError) -> String? {
        let lines = [error.detail, error.context.map(innermost)].compactMap(\.self).filter { !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// The CONTEXT begins with the function that failed, and ends with statements of ours in full length.
    private static func innermost(_ context: String) -> String {
        let limit = 500
        return context.count > limit ? "\(context.prefix(limit))…" : context
    }

    /// What pgtend can advise beyond the server's own hint.
    private static func cure(for error: PostgresError) -> Cure? {
        switch error.sqlState {
        case .insufficientPrivilege? where error.isRowSecurityRefusal:
            "a policy would have hidden rows, and pgtend counts all or nothing: give the role that reads BYPASSRLS "
                + "(ALTER ROLE ... BYPASSRLS), or ALTER TABLE ... NO FORCE ROW LEVEL SECURITY and GRANT its owner to the "
                + "role that pgtend connects as, so that it can SET ROLE"
        case .invalidPassword?: PasswordFile.ofThisProcess.cure
        default: nil
        }
    }
}

extension PostgresError {
    /// Whether the query was refused because `row_security = off` met a row security policy. Decided by the server
    /// function that raised the error, since the message may be translated.
    package var isRowSecurityRefusal: Bool {
        sqlState == .insufficientPrivilege && serverFunction == "check_enable_rls"
    }
}

extension FailureClass {
    package init(_ error: PostgresError) {
        switch error.kind {
        // The server was reached, but a privilege is missing, such as CONNECT on the database.
        case .connection where error.sqlState == .insufficientPrivilege: self = .privilege
        // Our sessions have no transaction_timeout: code of others has set one, and would do it again.
        case .connection where error.sqlState == .transactionTimeout: self = .other
        case .connection: self = .connection
        case .pooler: self = .pooler
        case .authentication: self = .authentication
        case .timedOut: self = .timeout
        case .cancelled: self = .cancelled
        case .shape, .decoding, .misuse: self = .other
        case .server:
            let state = error.sqlState.map(Self.init) ?? .other
            // The session stands: what is said of one that is refused or ended was raised by code of others.
            self = [.connection, .authentication].contains(state) ? .other : state
        }
    }

    /// Classifies a SQLSTATE by the appendix "PostgreSQL Error Codes" of the manual.
    package init(_ state: SQLState) {
        switch state {
        case .lockNotAvailable: self = .lockNotAvailable
        case .deadlockDetected, .serializationFailure: self = .transactionRollback
        case .insufficientPrivilege: self = .privilege
        // statement_timeout, which pgtend sets; pg_cancel_backend() by another session has the same SQLSTATE.
        case .queryCanceled: self = .timeout
        // The server ends the session, not just the statement.
        case .idleInTransactionSessionTimeout: self = .connection
        default:
            switch state.errorClass {
            // 57P01 admin_shutdown, 57P02 crash_shutdown, 57P03 cannot_connect_now, 57P05 idle_session_timeout
            case "08", "57": self = .connection
            case "28": self = .authentication
            // 53100 disk_full, 53200 out_of_memory, 53300 too_many_connections
            case "53": self = .resources
            default: self = .other
            }
        }
    }
}
