import Maintenance
import PostgresClient
import SQLText

extension ServerFailure {
    /// The client's error in the words of the plan's reports: the class decides about another try, the SQLSTATE and
    /// the server's texts are kept, its CONTEXT behind the DETAIL: of a function that failed only that has the name.
    package init(_ error: PostgresError) {
        // Of a pooler the server has said nothing: the hint is our own.
        let isOurs = error.kind == .pooler
        self.init(
            failureClass: FailureClass(error), sqlState: error.sqlState, message: error.message,
            detail: Self.detail(of: error), hint: isOurs ? nil : error.hint,
            cure: isOurs ? error.hint : Self.cure(for: error))
    }

    private static func detail(of error: PostgresError) -> String? {
        let lines = [error.detail, error.context].compactMap(\.self).filter { !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// What pgtend knows beyond the server's own hint.
    private static func cure(for error: PostgresError) -> String? {
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
    /// `row_security = off` met a policy. The server's message may be translated, so the function that raised it is
    /// what tells.
    package var isRowSecurityRefusal: Bool {
        sqlState == .insufficientPrivilege && serverFunction == "check_enable_rls"
    }
}

extension FailureClass {
    package init(_ error: PostgresError) {
        switch error.kind {
        // No CONNECT on the database, for one: it was reached.
        case .connection where error.sqlState == .insufficientPrivilege: self = .privilege
        case .connection: self = .connection
        case .pooler: self = .pooler
        case .authentication: self = .authentication
        case .timedOut: self = .timeout
        case .cancelled: self = .cancelled
        case .shape, .decoding, .misuse: self = .other
        case .server: self = error.sqlState.map(Self.init) ?? .other
        }
    }

    /// By the appendix "PostgreSQL Error Codes".
    package init(_ state: SQLState) {
        switch state {
        case .lockNotAvailable: self = .lockNotAvailable
        case .deadlockDetected, .serializationFailure: self = .transactionRollback
        case .insufficientPrivilege: self = .privilege
        // Ours: statement_timeout. Somebody else's pg_cancel_backend looks the same.
        case .queryCanceled: self = .timeout
        // The server ends the session: these two, and transaction_timeout of 17.
        case .idleInTransactionSessionTimeout, .transactionTimeout: self = .connection
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
