import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Finds the corpora.
struct CorpusReader {
    let connection: Connection

    /// The corpora that the definition names, or those that are discovered in the watched schemas; without their tenants.
    /// Has to be called in a transaction.
    ///
    /// - Parameter isThrown: whether an error is to end the reading. Any other is told of its corpus alone.
    func read(
        _ definition: DatabaseDefinition, throwing isThrown: (PostgresError) -> Bool
    ) async throws(PostgresError) -> [Corpus] {
        let isDiscovery = definition.corpora == nil
        var wanted = definition.corpora ?? []
        if isDiscovery, definition.statistics.discover {
            wanted = definition.schemas.map(CorpusDefinition.conventional(in:))
        }
        var corpora: [Corpus] = []
        let found = try await connection.readPatiently(wanted) { (wanted) throws(PostgresError) in
            var corpora: [CorpusDefinition: Corpus] = [:]
            for definition in wanted { corpora[definition] = try await presence(of: definition) }
            return corpora
        }
        for definition in wanted {
            if let corpus = found.read[definition] {
                if !isDiscovery || !corpus.isAbsent { corpora.append(corpus) }
            } else if let error = found.unread[definition] {
                if isThrown(error) { throw error }
                corpora.append(Corpus(definition: definition, tenants: .unreadable(ServerFailure(error))))
            }
        }
        return corpora
    }

    /// Whether the corpus can be maintained, as far as the catalog tells, and by which role. Does not list the tenants.
    ///
    /// - Parameter known: the operators by which the tenants were listed. Where a function does the work, they matter for
    ///   that alone, and are not asked for again.
    func presence(
        of definition: CorpusDefinition, operators known: TenantOperators? = nil
    ) async throws(PostgresError) -> Corpus {
        let parts = CorpusParts(definition)
        let rows = try await connection.rows(
            CatalogQuery.corpusPresence(
                parts.names.map(\.relation.schema), parts.names.map(\.relation.name), parts.names.map(\.column)))
        for row in rows { try row.requireUTF8() }
        if let obstacle = try parts.obstacle(rows) { return Corpus(definition: definition, tenants: obstacle) }
        let owners = try CorpusOwners(rows, ingredients: try await ingredientOwners(rows))
        guard let owner = owners.only else {
            return Corpus(definition: definition, tenants: .noOneOwner(owners.names))
        }
        var corpus = Corpus(definition: definition, role: owner.name, tenants: .known([]))
        if let known, definition.function != nil {
            corpus.operators = known
        } else if let obstacle = try await tenantColumns(&corpus) {
            corpus.tenants = obstacle
            return corpus
        }
        for row in rows { corpus.operators.argument = try row.decodeIfPresent("argument") ?? corpus.operators.argument }
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

    /// Whose the types of the corpus are, and what is in its expressions, apart from the server's own: a large question, which
    /// is asked only where there are any.
    private func ingredientOwners(_ rows: [Row]) async throws(PostgresError) -> [String] {
        var (types, catalogs, oids): ([UInt32], [UInt32], [UInt32]) = ([], [], [])
        for row in rows {
            types += try row.decode("types", as: [UInt32].self)
            catalogs += try row.decode("expression_catalogs", as: [UInt32].self)
            oids += try row.decode("expression_oids", as: [UInt32].self)
        }
        guard !(types + oids).isEmpty else { return [] }
        let query = CatalogQuery.corpusIngredientOwners(types, catalogs, oids)
        return try await connection.rows(query).map { (row) throws(PostgresError) in try row.decode("owner") }
    }

    /// Reads by which operators the tenants of the source are compared.
    ///
    /// - Returns: what keeps the figures from being written.
    private func tenantColumns(_ corpus: inout Corpus) async throws(PostgresError) -> Corpus.Tenants? {
        let definition = corpus.definition
        let (source, target) = (definition.source, definition.target)
        let columns = [definition.sourceColumns.tenant, definition.targetColumns.tenant]
        var isUnique = false
        for row in try await connection.rows(
            CatalogQuery.corpusColumns([source.schema, target.schema], [source.name, target.name], columns))
        {
            try row.requireUTF8()
            let (relation, column) = (try RelationName(row), try row.decode("column_name", as: String.self))
            if relation == source, column == columns[0],
                let schema: String = try row.decodeIfPresent("operators"), schema != TenantOperators.builtIn.schema
            {
                corpus.operators = TenantOperators(schema: schema, type: try row.decode("type"))
            }
            if relation == target, column == columns[1] { isUnique = try row.decode("is_unique") }
        }
        return isUnique || definition.function != nil ? nil : .noUniqueTarget
    }

    /// Looks for code of others that writing the figures would run, and for where it could come.
    private func lookAround(_ rows: [Row], _ owner: String, _ corpus: inout Corpus) async throws(PostgresError) {
        var written: [UInt32] = []
        for row in rows where try row.decode("may_meet_others", as: Bool.self) {
            let relation = try RelationName(row)
            let isWritten = relation == corpus.definition.target || relation == corpus.definition.terms?.table
            if isWritten { written.append(try row.decode("oid")) }
        }
        let found = try await WrittenCode.around(written, as: owner, on: connection)
        corpus.neighbours = Set(found.map { CorpusNeighbour(relation: $0.relation, owner: $0.owner) })
            .sorted { $0.relation < $1.relation }
        if let code = found.compactMap(\.code).min(by: { $0.relation < $1.relation }) {
            corpus.tenants = .foreignCode(code)
        } else if let stranger = found.first(where: { !$0.mayBecome }) {
            corpus.tenants = .strangeNeighbour(
                CorpusNeighbour(relation: stranger.relation, owner: stranger.owner),
                grant: stranger.isSuperusers ? nil : grant(stranger.owner, stranger.isMember))
        }
    }

    private func grant(_ owner: String, _ isMember: Bool) -> String {
        let server = ServerCapabilities(versionNumber: connection.server.version.number)
        return "GRANT \(RelationName.quoted(owner)) TO \(RelationName.quoted(connection.server.user))"
            + (!server.has(.membershipOptions) ? "" : isMember ? " WITH SET TRUE" : " WITH INHERIT FALSE, SET TRUE")
    }

}
