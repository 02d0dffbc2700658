import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Finds the corpora and lists their tenants.
struct CorpusReader {
    let connection: Connection
    let definition: DatabaseDefinition

    func read() async throws(PostgresError) -> [Corpus] {
        var corpora: [Corpus] = []
        if let configured = definition.corpora {
            for corpus in configured {
                let presence = try await presence(of: corpus)
                let tenants =
                    if let refused = presence.refused { refused } else {
                        try await tenants(of: corpus, role: presence.role)
                    }
                corpora.append(Corpus(definition: corpus, role: presence.role, tenants: tenants))
            }
        } else if definition.statistics.discover {
            for schema in definition.schemas {
                let corpus = CorpusDefinition.conventional(in: schema)
                let presence = try await presence(of: corpus)
                guard presence.refused == nil else { continue }
                corpora.append(
                    Corpus(
                        definition: corpus, role: presence.role,
                        tenants: try await tenants(of: corpus, role: presence.role)))
            }
        }
        return corpora
    }

    /// Why the corpus cannot be tended, nil when it can; and the role that both tables belong to if we may be it.
    private func presence(
        of corpus: CorpusDefinition
    ) async throws(PostgresError) -> (refused: Corpus.Tenants?, role: String?) {
        let source = corpus.sourceColumns
        let target = corpus.targetColumns
        var parts: [(RelationName, String)] =
            // The tables first: one that does not exist is no missing column.
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
                return (.missing(what), nil)
            }
            if corpus.function == nil, relation == corpus.target, column == target.tenant,
                try !row.decode("is_unique", as: Bool.self)
            {
                return (.noUniqueTarget, nil)
            }
            owners[relation] = try row.decodeIfPresent("owner_we_may_be")
        }
        let owner = owners[corpus.source]
        return (nil, owner == owners[corpus.target] ? owner : nil)
    }

    /// One tenant after the other as an index has them. A policy that would hide some is an error, and is told as
    /// such: the other corpora are read all the same.
    private func tenants(of corpus: CorpusDefinition, role: String?) async throws(PostgresError) -> Corpus.Tenants {
        try await connection.execute("SAVEPOINT corpus")
        do throws(PostgresError) {
            if let role { try await connection.execute("SET LOCAL ROLE \(try spelled(SQLIdentifier(role)))") }
            var tenants: [String] = []
            // The only statement of a snapshot that reads the tables themselves.
            for row in try await connection.rows(
                Statement(unsafe: try spelled(CorpusSQL(corpus).tenants)),
                timeout: definition.statistics.statementTimeout)
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
