/// Something that pgtend's role lacks, or should rather not have.
package struct PrivilegeFinding: Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable {
        /// Without it something of the work fails.
        case missing
        /// The work succeeds all the same.
        case advice
    }

    package let severity: Severity
    /// What it is about, such as `table mcp.audit_log`, `role pgtend` or `pg_hba.conf`.
    package let object: String
    /// What has to hold, as a clause: `role pgtend may SET ROLE app_owner, which owns …`.
    package let expected: String
    /// What holds instead, with the server's words and the SQLSTATE where it refused.
    package let found: String
    /// Everything that has to be done, in order.
    package let cures: [PrivilegeCure]
}

/// One thing that a person does about a finding.
package enum PrivilegeCure: Hashable, Sendable {
    /// A statement for psql, without its semicolon; in which database matters for all but roles.
    case sql(String)
    /// A line of a configuration file of the server's: `pg_hba.conf` or `pg_ident.conf`. Order matters in the first.
    case line(file: String, text: String)
    /// What no statement and no line can say.
    case advice(String)
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
