import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Finds the corpora and lists their tenants.
struct CorpusReader {
    let connection: Connection

    /// The corpora that the definition names, or those that are discovered in the watched schemas.
    func read(_ definition: DatabaseDefinition) async throws(PostgresError) -> [Corpus] {
        let isDiscovery = definition.corpora == nil
        let timeout = definition.statistics.statementTimeout
        var wanted = definition.corpora ?? []
        if isDiscovery, definition.statistics.discover {
            wanted = definition.schemas.map(CorpusDefinition.conventional(in:))
        }
        var corpora: [Corpus] = []
        for definition in wanted {
            var corpus = try await presence(of: definition)
            if corpus.obstacle != nil, isDiscovery { continue }
            if corpus.obstacle == nil { corpus.tenants = try await tenants(of: corpus, timeout) }
            corpora.append(corpus)
        }
        return corpora
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
        var owners: [RelationName: String] = [:]
        for row in rows {
            let relation = try RelationName(row)
            let column: String = try row.decode("column_name")
            guard try row.decode("is_present", as: Bool.self) else {
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
            owners[relation] = try row.decodeIfPresent("owner_we_may_be")
        }
        let owner = owners[corpus.source]
        return Corpus(
            definition: corpus, role: owner == owners[corpus.target] ? owner : nil, tenants: .known([]))
    }

    /// Lists the tenants. If that fails, for example because a policy would hide some of them, the result says so, and
    /// the other corpora can still be read. Has to be called in a transaction.
    private func tenants(of corpus: Corpus, _ timeout: Duration) async throws(PostgresError) -> Corpus.Tenants {
        try await connection.execute("SAVEPOINT corpus")
        do throws(PostgresError) {
            if let role = corpus.role {
                try await connection.execute("SET LOCAL ROLE \(try spelled(SQLIdentifier(role)))")
            }
            var tenants: [String] = []
            // The only statement of a snapshot that reads tables of the application.
            for row in try await connection.rows(
                Statement(unsafe: try spelled(CorpusSQL(corpus.definition).tenants)),
                timeout: timeout)
            {
                tenants.append(try row.decode("tenant"))
            }
            try await connection.execute("RESET ROLE")
            try await connection.execute("RELEASE SAVEPOINT corpus")
            return .known(tenants)
        } catch {
            guard [.server, .timedOut].contains(error.kind), !connection.isBroken else { throw error }
            try await connection.execute("ROLLBACK TO SAVEPOINT corpus")
            return .unreadable(ServerFailure(error))
        }
    }
}
