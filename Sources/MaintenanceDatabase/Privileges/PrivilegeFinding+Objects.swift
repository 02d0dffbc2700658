import Maintenance
import PostgresClient
import SQLText

/// The findings about objects, each with the statement that cures it.
extension PrivilegeFinding {
    static func membership(
        in owner: String, owning objects: [RelationName], isMember: Bool, isSuperuser: Bool,
        _ session: PrivilegeSession
    ) throws(PostgresError) -> PrivilegeFinding {
        let others = objects.count > 1 ? " and \(objects.count - 1) more" : ""
        let grant = try session.membership(in: owner, isMember: isMember)
        return PrivilegeFinding(
            severity: .missing, object: "role \(session.role)",
            expected: "may SET ROLE \(owner), which owns \(objects[0])\(others)",
            found: (isMember ? "is a member of it without the SET option" : "is not a member of it")
                + warning(of: isSuperuser),
            cures: [cure(grant, of: isSuperuser, owning: objects[0])])
    }

    static func inheritance(
        of owner: String, owning object: RelationName, isSuperuser: Bool, _ session: PrivilegeSession,
        because reason: String
    ) throws(PostgresError) -> PrivilegeFinding {
        PrivilegeFinding(
            severity: .missing, object: "role \(session.role)",
            expected: "has the privileges of \(owner) without SET ROLE too, to \(reason)",
            found: "it has not" + warning(of: isSuperuser),
            cures: [cure(try session.inheritance(of: owner), of: isSuperuser, owning: object)])
    }

    /// Whoever may become a superuser is one, and a statement that makes pgtend one is nothing to run unread.
    private static func cure(_ grant: String, of isSuperuser: Bool, owning object: RelationName) -> PrivilegeCure {
        isSuperuser ? .advice(Refusal.avoidingSuperuser(for: object, insteadOf: grant)) : .sql(grant)
    }

    private static func warning(of isSuperuser: Bool) -> String {
        isSuperuser ? "; that role is a superuser, and whoever may become it may do anything" : ""
    }

    /// - Parameter privileges: `USAGE`, `CREATE`.
    static func schema(
        _ schema: String, lacks privileges: [String], for role: String, because reason: String
    ) throws(PostgresError) -> PrivilegeFinding {
        let list = privileges.joined(separator: ", ")
        return PrivilegeFinding(
            severity: .missing, object: "schema \(schema)", expected: "role \(role) has \(list), to \(reason)",
            found: "it has not",
            cures: [
                .sql(
                    "GRANT \(list) ON SCHEMA \(try spelled(SQLIdentifier(schema).quoted)) TO \(try spelled(SQLIdentifier(role).quoted))"
                )
            ]
        )
    }

    static func tablespace(
        _ tablespace: String, for role: String, because reason: String
    ) throws(PostgresError) -> PrivilegeFinding {
        let (name, grantee) = (try spelled(SQLIdentifier(tablespace).quoted), try spelled(SQLIdentifier(role).quoted))
        return PrivilegeFinding(
            severity: .missing, object: "tablespace \(tablespace)", expected: "role \(role) has CREATE, to \(reason)",
            found: "it has not", cures: [.sql("GRANT CREATE ON TABLESPACE \(name) TO \(grantee)")])
    }

    static func relation(
        _ relation: RelationName, lacks privileges: [String], for role: String, because reason: String
    ) throws(PostgresError) -> PrivilegeFinding {
        let list = privileges.joined(separator: ", ")
        return PrivilegeFinding(
            severity: .missing, object: "\(relation)", expected: "role \(role) has \(list), to \(reason)",
            found: "it has not",
            cures: [
                .sql(
                    "GRANT \(list) ON TABLE \(try spelled(relation.quoted)) TO \(try spelled(SQLIdentifier(role).quoted))"
                )
            ])
    }

    static func temporary(
        for role: String, in database: String, because reason: String
    ) throws(PostgresError) -> PrivilegeFinding {
        let (name, grantee) = (try spelled(SQLIdentifier(database).quoted), try spelled(SQLIdentifier(role).quoted))
        return PrivilegeFinding(
            severity: .missing, object: "database \(database)", expected: "role \(role) has TEMPORARY, to \(reason)",
            found: "it has not", cures: [.sql("GRANT TEMPORARY ON DATABASE \(name) TO \(grantee)")])
    }

    /// A role in whose sandbox code of what it owns is confined.
    static func sandbox(for role: String, in database: String) throws(PostgresError) -> PrivilegeFinding {
        try .temporary(
            for: role, in: database, because: "confine code of what it owns (and USAGE on the language plpgsql)")
    }

    /// What a plan refuses for want of a privilege.
    init(_ refusal: Refusal, of role: String) {
        self.init(
            severity: .missing, object: "\(refusal.object)",
            expected: "role \(role) may do its \(refusal.task.rawValue)",
            found: refusal.explanation, cures: PrivilegeCure.of(refusal.cure))
    }

    /// - Parameter undecodable: a name in its cures that is no UTF-8: a statement that has it as it is shown names nothing.
    func writable(_ undecodable: String?) -> PrivilegeFinding {
        guard let undecodable else { return self }
        let advice = "give it in a session with client_encoding = SQL_ASCII: the name \(undecodable) is not UTF-8"
        return PrivilegeFinding(
            severity: severity, object: object, expected: expected, found: found, cures: [.advice(advice)])
    }

    static func execute(_ function: FunctionPrivileges) throws(PostgresError) -> PrivilegeFinding {
        let signature = "\(try spelled(function.function.quoted))(\(function.arguments))"
        return PrivilegeFinding(
            severity: .missing, object: "function \(function.function)",
            expected: "role \(function.role) has EXECUTE, to update the statistics", found: "it has not",
            cures: [
                .sql("GRANT EXECUTE ON FUNCTION \(signature) TO \(try spelled(SQLIdentifier(function.role).quoted))")
            ])
    }

    /// Row-level security would hide rows from the role, so that a count would be wrong; pgtend therefore runs with
    /// row_security = off.
    ///
    /// - Parameter owns: whether the role has the owner's privileges, so that only FORCE ROW LEVEL SECURITY applies to
    ///   it.
    static func rowSecurity(
        on table: RelationName, of role: String, owns: Bool, because reason: String
    ) throws(PostgresError) -> PrivilegeFinding {
        PrivilegeFinding(
            severity: .missing, object: "table \(table)",
            expected: "row-level security does not bind role \(role), to \(reason) from all rows",
            found: owns
                ? "FORCE ROW LEVEL SECURITY binds it although it owns the table"
                : "it is neither the owner nor has it BYPASSRLS",
            cures: [
                .sql(
                    owns
                        ? "ALTER TABLE \(try spelled(table.quoted)) NO FORCE ROW LEVEL SECURITY"
                        : "ALTER ROLE \(try spelled(SQLIdentifier(role).quoted)) BYPASSRLS")
            ])
    }
}
