import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Compares the privileges that the work requires with those that the roles have that would do it.
///
/// First it finds the owners to which pgtend's role has to be able to SET ROLE; then, as if it already could, the
/// privileges that the roles of the steps lack. So one round of cures is enough.
struct ObjectPrivileges {
    let connection: Connection
    let session: PrivilegeSession
    let work: WorkInView

    func findings() async throws(PostgresError) -> [PrivilegeFinding] {
        let owned = try await RelationPrivileges.read(
            work.tables.map { ($0.name, $0.owner) } + work.views.map { ($0.view.name, $0.view.owner) },
            on: connection)
        let templates = try await RelationPrivileges.read(work.templates.map { ($0.template, "") }, on: connection)
        let transfers = self.transfers(owned, templates)
        let wanted = memberships(owned, transfers)
        var memberships: [PrivilegeFinding] = []
        for (owner, objects) in wanted {
            memberships.append(
                try .membership(
                    in: owner.owner, owning: objects, isMember: owner.isMember, isSuperuser: owner.ownerIsSuperuser,
                    session))
        }
        var owners = wanted.map(\.owner.owner)
        var findings: [PrivilegeFinding] = []
        for corpus in work.corpora {
            let (lack, more) = try await CorpusPrivileges(connection: connection, corpus: corpus).findings()
            findings += more
            guard let lack, let owner = corpus.role else { continue }
            owners.append(owner)
            memberships.append(
                try .membership(
                    in: owner, owning: [corpus.definition.source], isMember: lack.isMember,
                    isSuperuser: lack.isSuperuser, session))
        }
        findings =
            memberships + (try partitions(owned)) + (try await tablespaces(owned)) + (try ownerTransfers(transfers))
            + (try await views(owned, owners, transfers)) + findings
            + work.refusals.map { PrivilegeFinding($0, of: session.role) }
        return findings.mergedByCure
    }

    /// The owners to which pgtend's role cannot SET ROLE but has to, each with the objects that it owns. From
    /// PostgreSQL 17 on, MAINTAIN is enough to refresh a view.
    private func memberships(
        _ owned: [RelationPrivileges], _ transfers: [OwnerTransfer]
    ) -> [(owner: RelationPrivileges, objects: [RelationName])] {
        let tables = Set(work.tables.map(\.name))
        let ownerOnly = Set(
            work.views.filter { !session.server.has(.maintainPrivilege) && !$0.view.mayRefresh }.map(\.view.name))
        let needed = owned.filter { tables.contains($0.relation) || ownerOnly.contains($0.relation) }
        let out = (needed + transfers.map(\.template)).filter { !$0.mayActAsOwner }
        return Dictionary(grouping: out, by: \.owner).sorted { $0.key < $1.key }
            .map { ($0.value[0], $0.value.map(\.relation)) }
    }

    /// A table whose new partitions get an owner other than that of the table, like their sibling. pgtend's own role
    /// executes the ALTER TABLE ... OWNER TO.
    private struct OwnerTransfer {
        let table: RelationPrivileges
        let template: RelationPrivileges
    }

    private func transfers(_ owned: [RelationPrivileges], _ templates: [RelationPrivileges]) -> [OwnerTransfer] {
        work.templates.compactMap { table, template in
            guard let table = owned.first(where: { $0.relation == table }),
                let template = templates.first(where: { $0.relation == template }),
                !template.owner.isSame(as: table.owner)
            else { return nil }
            return OwnerTransfer(table: table, template: template)
        }
    }

    private func ownerTransfers(_ transfers: [OwnerTransfer]) throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        for transfer in transfers {
            let (table, template) = (transfer.table, transfer.template)
            let purpose = "give new partitions of \(table.relation) to \(template.owner)"
            if !template.mayCreateInSchema {
                findings.append(
                    try .schema(
                        template.relation.schema, lacks: ["CREATE"], for: template.owner, because: "own partitions"))
            }
            // Up to PostgreSQL 15, the membership alone is enough, unless the role is NOINHERIT.
            if !table.inheritsOwner, session.server.has(.membershipOptions) || !session.inherits {
                findings.append(
                    try .inheritance(
                        of: table.owner, owning: table.relation, isSuperuser: table.ownerIsSuperuser, session,
                        because: purpose))
            }
        }
        return findings
    }

    private func partitions(_ owned: [RelationPrivileges]) throws(PostgresError) -> [PrivilegeFinding] {
        let tables = Set(work.tables.map(\.name))
        var findings: [PrivilegeFinding] = []
        for table in work.tables where !table.ownerMayHaveSandbox {
            findings.append(try .sandbox(for: table.owner, in: connection.server.database))
        }
        for table in owned where tables.contains(table.relation) {
            let lacking = (table.mayUseSchema ? [] : ["USAGE"]) + (table.mayCreateInSchema ? [] : ["CREATE"])
            if lacking.isEmpty { continue }
            findings.append(
                try .schema(
                    table.relation.schema, lacks: lacking, for: table.owner,
                    because: "make partitions of what it owns there"))
        }
        return findings
    }

    /// A partition is made in the tablespace of its sibling, and its indexes in those of the parent's.
    private func tablespaces(_ owned: [RelationPrivileges]) async throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        var pairs: [(relation: RelationName, role: String)] = []
        for table in work.tables {
            let template = work.templates.first { $0.table == table.name }?.template
            pairs.append((template ?? table.name, table.owner))
            let indexes = owned.first { $0.relation == table.name }?.lackingIndexTablespaces ?? []
            for name in indexes {
                findings.append(
                    try .tablespace(name, for: table.owner, because: "make indexes of partitions of \(table.name)"))
            }
        }
        for relation in try await RelationPrivileges.read(pairs, on: connection) {
            guard let name = relation.lackingTablespace else { continue }
            findings.append(
                try .tablespace(name, for: relation.role, because: "make partitions like \(relation.relation)"))
        }
        return findings
    }

    private func views(
        _ owned: [RelationPrivileges], _ owners: [String], _ transfers: [OwnerTransfer]
    ) async throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        // Where pgtend's role inherits the privileges of an owner that creates partitions, it has that owner's USAGE.
        let inherited = Set(transfers.map(\.table.relation.schema))
        let ours = try await RelationPrivileges.read(work.views.map { ($0.view.name, session.role) }, on: connection)
        for (view, isConcurrent) in work.views {
            let refresh = "refresh \(view.name)"
            let becomesOwner = view.mayActAsOwner || owners.containsSame(as: view.owner)
            if !view.mayRefresh, !becomesOwner {
                findings.append(try .relation(view.name, lacks: ["MAINTAIN"], for: session.role, because: "refresh it"))
            }
            // With MAINTAIN, another role can start the refresh; the query, and the comparison of CONCURRENTLY, run as
            // the owner.
            guard let asOwner = owned.first(where: { $0.relation == view.name }),
                let beginner = becomesOwner ? asOwner : ours.first(where: { $0.relation == view.name })
            else { continue }
            for role in isConcurrent ? [beginner, asOwner] : [beginner] where !role.mayUseSchema {
                if role.role.isSame(as: session.role), inherited.contains(view.name.schema) { continue }
                findings.append(try .schema(view.name.schema, lacks: ["USAGE"], for: role.role, because: refresh))
            }
            if isConcurrent, !asOwner.mayCreateTemporary {
                findings.append(
                    try .temporary(for: view.owner, in: connection.server.database, because: "\(refresh) concurrently"))
            }
        }
        return findings + (try await viewReads())
    }

    /// The privileges that the owners of the views lack on what the views read.
    private func viewReads() async throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        let names = work.views.map(\.view.name)
        guard !names.isEmpty else { return [] }
        for row in try await connection.rows(PrivilegeQuery.viewReads(names.map(\.schema), names.map(\.name))) {
            let table = try RelationName(row)
            let role: String = try row.decode("role")
            let refresh = "refresh \(try RelationName(row, schema: "view_schema", name: "view_name"))"
            if try !row.decode("may_select", as: Bool.self) {
                findings.append(
                    try .relation(table, lacks: ["SELECT"], for: role, because: refresh).writable(row.undecodable?.text)
                )
            }
            if try row.decode("is_bound") {
                findings.append(
                    try .rowSecurity(on: table, of: role, owns: row.decode("is_forced"), because: refresh)
                        .writable(row.undecodable?.text))
            }
        }
        return findings
    }
}
