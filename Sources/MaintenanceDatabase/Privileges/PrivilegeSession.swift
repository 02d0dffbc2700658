import DatabaseAccess
import PostgresClient
import SQLText

/// Who pgtend is on the server.
struct PrivilegeSession {
    let role: String
    let isSuperuser: Bool
    /// Whether it has the privileges of the roles that it is a member of without SET ROLE; from 16 on each GRANT says.
    let inherits: Bool
    let readsAllStats: Bool
    let hasRoleNamedPgtend: Bool
    let server: ServerCapabilities

    static func read(on connection: Connection) async throws(PostgresError) -> PrivilegeSession {
        let row = try await connection.row(PrivilegeQuery.session())
        return PrivilegeSession(
            role: try row.decode("role"), isSuperuser: try row.decode("is_superuser"),
            inherits: try row.decode("inherits"), readsAllStats: try row.decode("reads_all_stats"),
            hasRoleNamedPgtend: try row.decode("has_pgtend_role"),
            server: ServerCapabilities(versionNumber: connection.server.version.number))
    }

    /// Makes this role a member of `owner` that can SET ROLE to it. From 16 on it gets no more than that; a membership
    /// that it has already keeps its other options.
    func membership(in owner: String, isMember: Bool) throws(PostgresError) -> String {
        let options =
            !server.has(.membershipOptions) ? "" : isMember ? " WITH SET TRUE" : " WITH INHERIT FALSE, SET TRUE"
        return
            "GRANT \(try spelled(SQLIdentifier(owner).quoted)) TO \(try spelled(SQLIdentifier(role).quoted))\(options)"
    }

    /// Gives this role, a member of `owner`, the owner's privileges without SET ROLE: up to 15 it is the role that
    /// inherits or does not, from 16 on the membership.
    func inheritance(of owner: String) throws(PostgresError) -> String {
        let role = try spelled(SQLIdentifier(role).quoted)
        if !server.has(.membershipOptions) { return "ALTER ROLE \(role) INHERIT" }
        return "GRANT \(try spelled(SQLIdentifier(owner).quoted)) TO \(role) WITH INHERIT TRUE"
    }
}
