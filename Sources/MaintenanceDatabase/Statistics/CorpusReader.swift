import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Finds the corpora and lists their tenants.
struct CorpusReader {
    let connection: Connection

    /// The corpora that the definition names, or those that are discovered in the watched schemas; without their tenants.
    func read(_ definition: DatabaseDefinition) async throws(PostgresError) -> [Corpus] {
        let isDiscovery = definition.corpora == nil
        var wanted = definition.corpora ?? []
        if isDiscovery, definition.statistics.discover {
            wanted = definition.schemas.map(CorpusDefinition.conventional(in:))
        }
        var corpora: [Corpus] = []
        for definition in wanted {
            let corpus = try await presence(of: definition)
            if isDiscovery, corpus.isAbsent { continue }
            corpora.append(corpus)
        }
        return corpora
    }

    /// The same corpora with their tenants, which stand in tables of the application. No transaction may be open.
    func withTenants(_ corpora: [Corpus], _ limits: StepLimits) async throws(PostgresError) -> [Corpus] {
        var read = corpora
        for index in read.indices where read[index].obstacle == nil {
            read[index].tenants = try await tenants(of: read[index], limits)
        }
        return read
    }

    /// Whether the corpus can be maintained, as far as the catalog tells, and by which role: the owner of both tables
    /// if pgtend's role may SET ROLE to it. Does not list the tenants.
    func presence(of corpus: CorpusDefinition) async throws(PostgresError) -> Corpus {
        func refused(_ why: Corpus.Tenants) -> Corpus { Corpus(definition: corpus, tenants: why) }
        let source = corpus.sourceColumns
        let target = corpus.targetColumns
        var parts: [(RelationName, String)] =
            // The tables first, so that a missing table is not reported as a missing column.
            [(corpus.source, ""), (corpus.target, "")] + (corpus.terms.map { [($0.table, "")] } ?? [])
            + [(corpus.source, source.tenant), (corpus.source, source.tsvector), (corpus.target, target.tenant)]
        if let function = corpus.function {
            parts.append((function, "()"))
        } else {
            parts += [target.documents, target.average, target.frequencies, target.updated].map { (corpus.target, $0) }
        }
        if let terms = corpus.terms {
            parts += [terms.tenant, terms.term, terms.documents].map { (terms.table, $0) }
        }
        let rows = try await connection.rows(
            CatalogQuery.corpusPresence(parts.map(\.0.schema), parts.map(\.0.name), parts.map(\.1)))
        var owners: Set<Owner> = []
        var (isNobodyElse, mayHaveOwnSandbox) = (true, true)
        var noTable: Corpus.Tenants?
        for row in rows {
            let relation = try RelationName(row)
            let column: String = try row.decode("column_name")
            guard try row.decode("is_present", as: Bool.self) else {
                if let kind: String = try row.decodeIfPresent("other_kind") {
                    noTable = noTable ?? .noTable(relation, kind)
                    continue
                }
                let what =
                    switch column {
                    case "": "table \(relation)"
                    case "()": "function \(relation)(tenant)"
                    default: "column \(column) of \(relation)"
                    }
                return refused(.missing(what))
            }
            if corpus.function == nil, relation == corpus.target, column == target.tenant,
                try !row.decode("is_unique", as: Bool.self)
            {
                return refused(.noUniqueTarget)
            }
            isNobodyElse = try row.decode("is_nobody_else")
            mayHaveOwnSandbox = try row.decode("may_have_own_sandbox")
            let owner = Owner(
                name: try row.decode("owner"), isSuperuser: try row.decode("is_superusers"),
                mayBecome: try row.decode("may_act_as_owner"), mayHaveSandbox: try row.decode("may_have_sandbox"))
            owners.insert(owner)
        }
        // Where all of it is superusers', one of them will do.
        let distinct = owners.filter { !$0.isSuperuser }
        owners = distinct.isEmpty ? Set(owners.prefix(1)) : distinct
        if let noTable { return refused(noTable) }
        var result = Corpus(definition: corpus, tenants: .known([]))
        if owners.count == 1, let owner = owners.first, owner.mayBecome {
            result.role = owner.name
            mayHaveOwnSandbox = owner.mayHaveSandbox
        } else if !isNobodyElse {
            // Whoever owns a part of it, its triggers and functions would run as pgtend's role.
            return refused(.noOneOwner(owners.map(\.name).sorted()))
        }
        if !mayHaveOwnSandbox {
            result.confinement =
                if let function = corpus.function {
                    .impossible(code: "function \(function)", database: connection.server.database)
                } else {
                    try await connection.confinementWithoutSandbox(
                        of: [], trees: [corpus.source, corpus.target] + (corpus.terms.map { [$0.table] } ?? []),
                        rows: true)
                }
        }
        return result
    }

    /// Lists the tenants, as the corpus's role. If that fails, for example because a policy would hide some of them, the
    /// result says so, and the other corpora can still be read. No transaction may be open.
    private func tenants(of corpus: Corpus, _ limits: StepLimits) async throws(PostgresError) -> Corpus.Tenants {
        do throws(PostgresError) {
            let query = try spelled(CorpusSQL(corpus.definition).tenants)
            let sandbox = try spelled(Sandbox(as: corpus.role, corpus.confinement, unsafe: [], query: query))
            let tenants = try await connection.read(sandbox, limits: limits.settings, timeout: limits.clientTimeout)
            guard let listed = [String](arrayText: tenants) else {
                throw PostgresError(
                    .decoding, "expected an array of tenants, found \(tenants.prefix(60).debugDescription)")
            }
            return .known(listed)
        } catch {
            guard [.server, .timedOut].contains(error.kind), !connection.isBroken else { throw error }
            return .unreadable(ServerFailure(error))
        }
    }

    /// Of a part of a corpus.
    private struct Owner: Hashable {
        let name: String
        let isSuperuser: Bool
        let mayBecome: Bool
        let mayHaveSandbox: Bool
    }
}
