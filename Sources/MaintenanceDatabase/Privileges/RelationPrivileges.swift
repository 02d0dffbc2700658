import DatabaseAccess
import PostgresClient
import SQLText

/// The privileges of one role on one relation: a row of `sql/run/privileges/relations.sql`.
struct RelationPrivileges {
    let relation: RelationName
    /// The role whose privileges these are.
    let role: String
    let owner: String
    let ownerIsSuperuser: Bool
    /// Whether pgtend's role may SET ROLE to the owner.
    let mayActAsOwner: Bool
    /// Whether pgtend's role has the owner's privileges without SET ROLE.
    let inheritsOwner: Bool
    /// Whether pgtend's role is a member of the owner, with whatever options.
    let isMember: Bool
    let mayUseSchema: Bool
    let mayCreateInSchema: Bool
    let mayCreateTemporary: Bool
    /// The tablespace in which it is, and those of its indexes, if the role may not CREATE there.
    let lackingTablespace: String?
    let lackingIndexTablespaces: [String]
    let privileges: Set<String>
    /// Whether row-level security would filter the rows that the role reads.
    let isSubjectToRowSecurity: Bool
    /// Whether the role has the owner's privileges, and is subject to row-level security only because of FORCE.
    let isRowSecurityForced: Bool

    /// The privileges for those `pairs` whose relation exists, in their order. An empty role stands for the owner of
    /// the relation.
    static func read(
        _ pairs: [(relation: RelationName, role: String)], on connection: Connection
    ) async throws(PostgresError) -> [RelationPrivileges] {
        guard !pairs.isEmpty else { return [] }
        var found: [RelationPrivileges] = []
        for row in try await connection.rows(
            PrivilegeQuery.relations(pairs.map(\.relation.schema), pairs.map(\.relation.name), pairs.map(\.role)))
        {
            found.append(
                RelationPrivileges(
                    relation: try RelationName(row), role: try row.decode("role"), owner: try row.decode("owner"),
                    ownerIsSuperuser: try row.decode("owner_is_superuser"),
                    mayActAsOwner: try row.decode("may_act_as_owner"), inheritsOwner: try row.decode("inherits_owner"),
                    isMember: try row.decode("is_member"),
                    mayUseSchema: try row.decode("may_use_schema"),
                    mayCreateInSchema: try row.decode("may_create_in_schema"),
                    mayCreateTemporary: try row.decode("may_create_temporary"),
                    lackingTablespace: try row.decodeIfPresent("lacking_tablespace"),
                    lackingIndexTablespaces: try row.decode("lacking_index_tablespaces"),
                    privileges: Set(try row.decode("privileges", as: [String].self)),
                    isSubjectToRowSecurity: try row.decode("is_bound"), isRowSecurityForced: try row.decode("is_forced")
                ))
        }
        return found
    }
}

/// The privileges of one role on one function: a row of `sql/run/privileges/functions.sql`.
struct FunctionPrivileges {
    let function: RelationName
    /// The types of its arguments, as SQL.
    let arguments: String
    let role: String
    let mayUseSchema: Bool
    let mayExecute: Bool

    static func read(
        _ function: RelationName, role: String, on connection: Connection
    ) async throws(PostgresError) -> [FunctionPrivileges] {
        var found: [FunctionPrivileges] = []
        for row in try await connection.rows(
            PrivilegeQuery.functions([function.schema], [function.name], [role]))
        {
            found.append(
                FunctionPrivileges(
                    function: function, arguments: try row.decode("arguments"), role: role,
                    mayUseSchema: try row.decode("may_use_schema"), mayExecute: try row.decode("may_execute")))
        }
        return found
    }
}
