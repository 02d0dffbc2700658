import PostgresClient
import SQLText

/// What could be improved about the role that pgtend connects as.
struct RoleAdvice {
    let session: PrivilegeSession
    /// The owners of all objects that pgtend is to maintain.
    let owners: [String]
    /// `ServerFacts.excess`.
    let excess: String?

    var findings: [PrivilegeFinding] {
        get throws(PostgresError) {
            if session.isSuperuser { return [try leastPrivilege] }
            let memberships = excess.map { [membership($0)] } ?? []
            return memberships + (session.readsAllStats ? [] : [try statistics])
        }
    }

    /// The statements create the role `pgtend`; if it already exists, they only grant what it needs.
    private var leastPrivilege: PrivilegeFinding {
        get throws(PostgresError) {
            let role = PrivilegeSession(
                role: "pgtend", isSuperuser: false, inherits: true, readsAllStats: false,
                superusers: session.superusers, hasRoleNamedPgtend: true, server: session.server)
            var cures: [PrivilegeCure] = session.hasRoleNamedPgtend ? [] : [.sql("CREATE ROLE \"pgtend\" LOGIN")]
            for owner in owners where !(session.superusers + ["pgtend"]).containsSame(as: owner) {
                cures.append(.sql(try role.membership(in: owner, isMember: false)))
            }
            cures.append(.sql("GRANT pg_read_all_stats TO \"pgtend\""))
            cures.append(.advice("then connect as pgtend and check again: what it still lacks is named"))
            for owner in owners where session.superusers.containsSame(as: owner) {
                let who = owner.isSame(as: session.role) ? "\(owner) itself owns" : "\(owner), a superuser, owns"
                cures.append(.advice("what \(who) needs another owner, of which pgtend is a member"))
            }
            return PrivilegeFinding(
                severity: .advice, object: "role \(session.role)",
                expected: "pgtend connects as a role that may do what it has to, and nothing else",
                found: "it is a superuser: everything works, and every mistake does too", cures: cures)
        }
    }

    private func membership(_ excess: String) -> PrivilegeFinding {
        PrivilegeFinding(
            severity: .advice, object: "role \(session.role)",
            expected: "pgtend connects as a role that may do what it has to, and nothing else", found: excess,
            cures: [.advice("revoke that membership: docs/privileges.md has what pgtend needs instead")])
    }

    private var statistics: PrivilegeFinding {
        get throws(PostgresError) {
            let role = try spelled(SQLIdentifier(session.role).quoted)
            let options = !session.server.has(.membershipOptions) ? "" : " WITH INHERIT TRUE"
            // Up to PostgreSQL 15, INHERIT is an attribute of the role.
            let inherit = !session.server.has(.membershipOptions) && !session.inherits
            return PrivilegeFinding(
                severity: .advice, object: "role \(session.role)",
                expected: "it has pg_read_all_stats, so that a report can say who holds a lock, and since when",
                found: "it sees the activity of its own sessions only",
                cures: (inherit ? [.sql("ALTER ROLE \(role) INHERIT")] : [])
                    + [.sql("GRANT pg_read_all_stats TO \(role)\(options)")])
        }
    }
}
