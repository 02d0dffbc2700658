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
        } else if let code = try await foreignCode(rows, &corpus) {
            corpus.tenants = .foreignCode(code)
        }
        return corpus
    }

    private func foreignCode(_ rows: [Row], _ corpus: inout Corpus) async throws(PostgresError) -> ForeignCode? {
        var cascading: [UInt32] = []
        for row in rows where try row.decode("has_cascades", as: Bool.self) {
            // Only read.
            if try RelationName(row) != corpus.definition.source { cascading.append(try row.decode("oid")) }
        }
        corpus.hasCascades = !cascading.isEmpty
        return try await ForeignCodeCheck.writing.read(cascading, on: connection).values
            .min { $0.relation < $1.relation }
    }

    private func grant(_ owner: String, _ isMember: Bool) -> String {
        let server = ServerCapabilities(versionNumber: connection.server.version.number)
        return "GRANT \(RelationName.quoted(owner)) TO \(RelationName.quoted(connection.server.user))"
            + (!server.has(.membershipOptions) ? "" : isMember ? " WITH SET TRUE" : " WITH INHERIT FALSE, SET TRUE")
    }

}
