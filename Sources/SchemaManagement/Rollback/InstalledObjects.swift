import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// The objects of the schema that a database has, those of pgtend's record, and what the migrations have changed
/// outside the schema.
struct InstalledObjects {
    /// An object with its address in the catalogs.
    struct Object {
        let kind: String
        let name: RelationName
        let catalog: Int
        let oid: Int
        /// Of a relation; nil for a superuser.
        let owner: String?
        /// Of a partition: whether its detach is pending.
        let isDetaching: Bool

        /// Of a table.
        var known: KnownTable { KnownTable(name, oid: oid) }

        var isRelation: Bool {
            ![CatalogObject.Kind.function.rawValue, CatalogObject.Kind.type.rawValue].contains(kind)
        }
    }

    struct RecordedChange {
        let change: SchemaRollbackPlan.SharedChange
        /// Empty where it is not recorded.
        let maker: String
    }

    let database: String
    let objects: [Object]
    let sharedChanges: [RecordedChange]

    func objects(_ kind: CatalogObject.Kind) -> [Object] { objects.filter { $0.kind == kind.rawValue } }
    /// Of the schema itself.
    var own: [Object] { objects.filter { $0.kind != "record" && $0.kind != CatalogObject.Kind.partition.rawValue } }
    var relations: [Object] { objects.filter(\.isRelation) }
    var routinesAndTypes: [Object] { objects.filter { !$0.isRelation } }

    /// - Parameter hasRecord: whether pgtend's record has been proved to be pgtend's.
    static func read(
        _ connection: Connection, of release: SchemaRelease, hasRecord: Bool
    ) async throws(ServerFailure) -> InstalledObjects {
        do throws(PostgresError) {
            let session = try await connection.row(SchemaQuery.rollbackSession())
            let installed = SchemaObjects(release.newest)
            let made = installed.objects
            let objects = try await connection.rows(
                SchemaQuery.rollbackObjects(made.map(\.kind.rawValue), made.map(\.name))
            ).map { (row) throws(PostgresError) in
                Object(
                    kind: try row.decode("kind"), name: try RelationName(row), catalog: try row.decode("class"),
                    oid: try row.decode("object"), owner: try row.decodeIfPresent("owner"),
                    isDetaching: try row.decode("is_detaching"))
            }
            var sharedChanges: [RecordedChange] = []
            if hasRecord, try session.decode("has_created_objects") {
                sharedChanges = try await connection.rows(
                    SchemaQuery.rollbackSharedChanges(
                        objects.map(\.catalog), objects.map(\.oid), installed.comment)
                ).map { (row) throws(PostgresError) in
                    RecordedChange(
                        change: SchemaRollbackPlan.SharedChange(
                            kind: try row.decode("kind"), name: try row.decode("name"),
                            detail: try row.decode("detail"),
                            obstacle: try row.decodeIfPresent("obstacle")),
                        maker: try row.decode("created_by"))
                }
            }
            return InstalledObjects(
                database: try session.decode("database"), objects: objects, sharedChanges: sharedChanges)
        } catch {
            throw ServerFailure(error)
        }
    }
}

extension InstalledObjects {
    /// What fails if a table has rows, before anything is dropped: for each owner, in the sandbox of that role.
    ///
    /// - Parameter limits: the `SET LOCAL` statements of the transaction.
    func guardian(limits: String) throws(SQLTextError) -> [String] {
        let text = EmbeddedSQL.query(EmbeddedSQL.platformFolder + "queries/rollback/guard")
        var statements: [String] = []
        for (owner, tables) in Dictionary(grouping: objects(.table), by: \.owner)
            .sorted(by: { ($0.key ?? "") < ($1.key ?? "") })
        {
            let names = try tables.map { (table) throws(SQLTextError) in try SQLIdentifier(table.name.name).quoted }
            let list = try SQLLiteral("{\(names.joined(separator: ","))}").quoted
            let sandbox = try Sandbox(as: owner, unsafe: ["SET LOCAL pgtend.rollback_tables = \(list)", text])
            // Counted as a superuser, a view in the place of one would be his.
            statements += try KnownTable.statements(
                holding: tables.map(\.known), in: .accessExclusive, pinning: nil, as: owner)
            statements += try sandbox.script(limits: limits)
        }
        return statements
    }

    /// The drops go by name: whatever these have led to, the objects that were looked at are to be gone.
    func requireGone(_ connection: Connection) async throws(PostgresError) {
        guard let row = try await connection.optionalRow(SchemaQuery.rollbackLeft(own.map(\.catalog), own.map(\.oid)))
        else { return }
        let object: String = try row.decode("description")
        throw PostgresError(.server, "\(object) still stands: somebody has put something else in its place meanwhile")
    }

    /// The rights that the connected role lacks for dropping them.
    func missingPrivileges(of connection: Connection) async throws(PostgresError) -> [MissingPrivilege] {
        // A partition is dropped with its table, whoever owns it.
        let owned = objects.filter { $0.kind != CatalogObject.Kind.partition.rawValue }
        // What is kept takes no right.
        let sharedChanges = sharedChanges.filter { $0.change.obstacle == nil }
        return try await connection.missingPrivileges(
            SchemaQuery.rollbackRights(
                owned.map(\.catalog), owned.map(\.oid), sharedChanges.map(\.change.kind.rawValue),
                sharedChanges.map(\.change.name),
                sharedChanges.map(\.change.detail), sharedChanges.map(\.maker)))
    }
}

extension SchemaRollbackPlan.SharedChange.Kind: ColumnDecodable {
    package static var expectation: String { "role, extension, schema, usage, owner or comment" }

    package init?(column: String?, type: UInt32) {
        guard let kind = column.flatMap(Self.init(rawValue:)) else { return nil }
        self = kind
    }
}
