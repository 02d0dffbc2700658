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
        guard let owner = owners.only else {
            return Corpus(definition: definition, tenants: .noOneOwner(owners.names))
        }
        var corpus = Corpus(definition: definition, role: owner.name, tenants: .known([]))
        if let operators = try parts.operators(rows) { corpus.operators = operators }
        if !owner.mayBecome {
            corpus.tenants = .notOwner(
                Corpus.NotOwner(
                    isSuperuser: owner.isSuperuser, isMember: owner.isMember,
                    mayHaveSandbox: owner.mayHaveSandbox, grant: grant(owner.name, owner.isMember)))
        } else if !owner.mayHaveSandbox {
            corpus.tenants = .noSandbox(database: connection.server.database)
        } else {
            try await lookAround(rows, owner.name, &corpus)
        }
        return corpus
    }

    /// Looks for code of others that writing the figures would run, and for where it could come.
    private func lookAround(_ rows: [Row], _ owner: String, _ corpus: inout Corpus) async throws(PostgresError) {
        var written: [UInt32] = []
        for row in rows where try row.decode("may_meet_others", as: Bool.self) {
            // Only read.
            if try RelationName(row) != corpus.definition.source { written.append(try row.decode("oid")) }
        }
        let found = try await WrittenCode.around(written, as: owner, on: connection)
        corpus.neighbours = Set(found.map { CorpusNeighbour(relation: $0.relation, owner: $0.owner) })
            .sorted { $0.relation < $1.relation }
        if let code = found.compactMap(\.code).min(by: { $0.relation < $1.relation }) {
            corpus.tenants = .foreignCode(code)
        } else if let stranger = found.first(where: { !$0.mayBecome }) {
            corpus.tenants = .strangeNeighbour(
                CorpusNeighbour(relation: stranger.relation, owner: stranger.owner),
                grant: grant(stranger.owner, stranger.isMember))
        }
    }

    private func grant(_ owner: String, _ isMember: Bool) -> String {
        let server = ServerCapabilities(versionNumber: connection.server.version.number)
        return "GRANT \(RelationName.quoted(owner)) TO \(RelationName.quoted(connection.server.user))"
            + (!server.has(.membershipOptions) ? "" : isMember ? " WITH SET TRUE" : " WITH INHERIT FALSE, SET TRUE")
    }

}
