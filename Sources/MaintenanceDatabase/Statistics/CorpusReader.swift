import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Finds the corpora.
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

    /// Whether the corpus can be maintained, as far as the catalog tells, and by which role. Does not list the tenants.
    func presence(of definition: CorpusDefinition) async throws(PostgresError) -> Corpus {
        let parts = CorpusParts(definition)
        let rows = try await connection.rows(
            CatalogQuery.corpusPresence(
                parts.names.map(\.relation.schema), parts.names.map(\.relation.name), parts.names.map(\.column)))
        if let obstacle = try parts.obstacle(rows) { return Corpus(definition: definition, tenants: obstacle) }
        let owners = try CorpusOwners(rows)
        var corpus = Corpus(definition: definition, role: owners.worker?.name, tenants: .known([]))
        if let operators = try parts.operators(rows) { corpus.operators = operators }
        if owners.worker == nil, !owners.isSessionNobodyElse {
            corpus.tenants = .noOneOwner(owners.names)
        } else if !(owners.worker?.mayHaveSandbox ?? owners.mayHaveOwnSandbox) {
            corpus.tenants = .noSandbox(database: connection.server.database)
        }
        return corpus
    }
}
