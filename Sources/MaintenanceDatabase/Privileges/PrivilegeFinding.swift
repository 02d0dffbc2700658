import Maintenance

/// Something that pgtend's role lacks, or should better not have.
package struct PrivilegeFinding: Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable {
        /// Some of the work fails without it.
        case missing
        /// The work succeeds without it.
        case advice
    }

    package let severity: Severity
    /// What it is about, such as `table mcp.audit_log`, `role pgtend` or `pg_hba.conf`.
    package let object: String
    /// What has to hold, as a clause: `role pgtend may SET ROLE app_owner, which owns …`.
    package let expected: String
    /// What holds instead; if the server rejected something, its message and the SQLSTATE.
    package let found: String
    /// What has to be done about it: all of it, in this order.
    package let cures: [PrivilegeCure]
}

/// One thing to do about a finding.
package enum PrivilegeCure: Hashable, Sendable {
    /// A statement for psql, without the semicolon. Except for roles, it has to be executed in the database concerned.
    case sql(String)
    /// A line for the server's `pg_hba.conf`, where the order of lines matters, or `pg_ident.conf`.
    case line(file: String, text: String)
    /// Anything else, in prose.
    case advice(String)

    static func of(_ cure: Cure) -> [PrivilegeCure] {
        cure.kind == .statement ? cure.alternatives.map { .sql($0) } : [.advice(cure.description)]
    }
}

extension PrivilegeCure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sql(let statement): "\(statement);"
        case .line(let file, let text): "\(file): \(text)"
        case .advice(let text): text
        }
    }
}
