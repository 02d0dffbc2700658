import DatabaseAccess
import PostgresClient
import SQLText

/// The role of pgtend's session, and its attributes.
struct PrivilegeSession {
    let role: String
    let isSuperuser: Bool
    /// The role attribute INHERIT: whether it has the privileges of the roles it is a member of without SET ROLE. From
    /// PostgreSQL 16 on, that is an option of each membership.
    let inherits: Bool
    let readsAllStats: Bool
    /// Whoever may become one of these may do everything.
    let superusers: [String]
    let hasRoleNamedPgtend: Bool
    let server: ServerCapabilities

    static func read(on connection: Connection) async throws(PostgresError) -> PrivilegeSession {
        let row = try await connection.row(PrivilegeQuery.session())
        return PrivilegeSession(
            role: try row.decode("role"), isSuperuser: try row.decode("is_superuser"),
            inherits: try row.decode("inherits"), readsAllStats: try row.decode("reads_all_stats"),
            superusers: try row.decode("superusers"), hasRoleNamedPgtend: try row.decode("has_pgtend_role"),
            server: ServerCapabilities(versionNumber: connection.server.version.number))
    }

    /// The statement that makes this role a member of `owner` that can SET ROLE to it. From PostgreSQL 16 on, it grants
    /// no more than that; an existing membership keeps its other options.
    func membership(in owner: String, isMember: Bool) throws(PostgresError) -> String {
        let options =
            !server.has(.membershipOptions) ? "" : isMember ? " WITH SET TRUE" : " WITH INHERIT FALSE, SET TRUE"
        return
            "GRANT \(try spelled(SQLIdentifier(owner).quoted)) TO \(try spelled(SQLIdentifier(role).quoted))\(options)"
    }

    /// The statement that gives this role, a member of `owner`, the owner's privileges without SET ROLE. Up to
    /// PostgreSQL 15, INHERIT is an attribute of the role; from 16 on, an option of the membership.
    func inheritance(of owner: String) throws(PostgresError) -> String {
        let role = try spelled(SQLIdentifier(role).quoted)
        if !server.has(.membershipOptions) { return "ALTER ROLE \(role) INHERIT" }
        return "GRANT \(try spelled(SQLIdentifier(owner).quoted)) TO \(role) WITH INHERIT TRUE"
    }
}
