import Maintenance
import PostgresClient
import SQLText

/// The privileges that are missing for the updates of one corpus.
struct CorpusPrivileges {
    let connection: Connection
    let session: PrivilegeSession
    let corpus: Corpus

    private var definition: CorpusDefinition { corpus.definition }

    /// - Parameter owners: the roles that pgtend's role can SET ROLE to once the other findings are cured.
    /// - Returns: the owner of the corpus, if pgtend's role needs membership in it too; and everything else that is
    ///   missing.
    func findings(
        ableToBecome owners: Set<String>
    ) async throws(PostgresError) -> (owner: RelationPrivileges?, [PrivilegeFinding]) {
        let ours = try await read(as: session.role)
        let shared = Set(ours.prefix(2).map(\.owner))
        var role = corpus.role ?? session.role
        var needed: RelationPrivileges?
        if corpus.role == nil, shared.count == 1, let first = ours.first {
            // Policies normally do not apply to an owner, so SET ROLE is better than BYPASSRLS for pgtend's role.
            if owners.contains(first.owner) {
                role = first.owner
            } else if ours.contains(where: \.isSubjectToRowSecurity) {
                role = first.owner
                needed = first
            }
        }
        if case .noOneOwner(let owners) = corpus.tenants, owners.count == 1 {
            needed = ours.first { $0.owner == owners[0] }
            role = owners[0]
        }
        var findings = try access(role == session.role ? ours : try await read(as: role), role)
        if let function = definition.function {
            for function in try await FunctionPrivileges.read(function, role: role, on: connection) {
                findings += try await self.function(function)
            }
        }
        if case .noSandbox(let database) = corpus.tenants {
            findings.append(try .sandbox(for: role, in: database))
        }
        return (needed, findings)
    }

    private var relations: [RelationName] {
        [definition.source, definition.target] + (definition.terms.map { [$0.table] } ?? [])
    }

    private func read(as role: String) async throws(PostgresError) -> [RelationPrivileges] {
        try await RelationPrivileges.read(relations.map { ($0, role) }, on: connection)
    }

    private func access(_ tables: [RelationPrivileges], _ role: String) throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        let purpose = "count the documents of \(definition.source)"
        for table in tables {
            if !table.mayUseSchema {
                findings.append(try .schema(table.relation.schema, lacks: ["USAGE"], for: role, because: purpose))
            }
            let lacking = needed(on: table.relation).filter { !table.privileges.contains($0) }
            if !lacking.isEmpty {
                findings.append(try .relation(table.relation, lacks: lacking, for: role, because: purpose))
            }
            if table.isSubjectToRowSecurity {
                findings.append(
                    try .rowSecurity(on: table.relation, of: role, owns: table.isRowSecurityForced, because: purpose))
            }
        }
        return findings
    }

    /// pgtend itself always lists the tenants; if there is a function, that writes the figures.
    private func needed(on table: RelationName) -> [String] {
        if definition.function != nil || table == definition.source { return ["SELECT"] }
        return table == definition.target ? ["SELECT", "INSERT", "UPDATE"] : ["SELECT", "INSERT", "UPDATE", "DELETE"]
    }

    private func function(_ function: FunctionPrivileges) async throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        if !function.mayUseSchema {
            findings.append(
                try .schema(
                    function.function.schema, lacks: ["USAGE"], for: function.role, because: "call its function"))
        }
        if !function.mayExecute { findings.append(try .execute(function)) }
        // A SECURITY DEFINER function reads as its owner. Which other privileges it needs is not known here.
        if function.isDefiner, function.owner != function.role {
            for table in try await read(as: function.owner) where table.isSubjectToRowSecurity {
                findings.append(
                    try .rowSecurity(
                        on: table.relation, of: function.owner, owns: table.isRowSecurityForced,
                        because: "let \(function.function) count"))
            }
        }
        return findings
    }
}
