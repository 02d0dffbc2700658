import Maintenance
import PostgresClient
import SQLText

/// The privileges that are missing for the updates of one corpus.
struct CorpusPrivileges {
    let connection: Connection
    let corpus: Corpus

    private var definition: CorpusDefinition { corpus.definition }

    /// - Returns: the owner of the corpus, if pgtend's role has yet to be let become it; and everything else that is
    ///   missing.
    func findings() async throws(PostgresError) -> (owner: Corpus.NotOwner?, [PrivilegeFinding]) {
        guard let role = corpus.role else { return (nil, obstacle) }
        if corpus.obstacle?.reason == .foreignCode { return (nil, obstacle) }
        var findings = try access(try await read(as: role), role)
        if let function = definition.function {
            for function in try await FunctionPrivileges.read(function, role: role, on: connection) {
                findings += try self.function(function)
            }
        }
        var lack: Corpus.NotOwner?
        var mayHaveSandbox = true
        if case .notOwner(let owner) = corpus.tenants { (lack, mayHaveSandbox) = (owner, owner.mayHaveSandbox) }
        if case .noSandbox = corpus.tenants { mayHaveSandbox = false }
        if !mayHaveSandbox {
            findings.append(try .sandbox(for: role, in: connection.server.database))
        }
        return (lack, findings)
    }

    /// Where it is not clear, or not safe, as whom the work would be done.
    private var obstacle: [PrivilegeFinding] {
        guard let obstacle = corpus.obstacle, [.noOneOwner, .foreignCode].contains(obstacle.reason) else { return [] }
        return [
            PrivilegeFinding(
                severity: .missing, object: "statistics of \(definition.source)",
                expected: "code of its tables is one owner's, whose rights it runs with", found: obstacle.explanation,
                cures: PrivilegeCure.of(obstacle.cure))
        ]
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

    private func function(_ function: FunctionPrivileges) throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        if !function.mayUseSchema {
            findings.append(
                try .schema(
                    function.function.schema, lacks: ["USAGE"], for: function.role, because: "call its function"))
        }
        if !function.mayExecute { findings.append(try .execute(function)) }
        return findings
    }
}
