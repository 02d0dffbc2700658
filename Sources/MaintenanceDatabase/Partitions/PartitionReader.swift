import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads partitioned tables and their bounds.
struct PartitionReader {
    let connection: Connection

    /// The partitioned tables in the watched schemas, and those that the definition names, without what attaching a
    /// partition to them meets (`readSurroundings`). Has to be called in a transaction.
    ///
    /// - Returns: the tables, and the error of each of which something was dropped meanwhile, by OID: nothing may be
    ///   created there.
    func tables(
        of definition: DatabaseDefinition
    ) async throws(PostgresError) -> (tables: [PartitionedTable], dropped: [UInt32: PostgresError]) {
        var tables = try await tables(
            in: definition.partitions.discover ? definition.schemas : [], named: definition.partitionSets.map(\.table))
        let unshown = tables.filter { $0.key.definition == "" }.map(\.oid)
        let (keys, _) = try await connection.readPatiently(unshown, lockTimeout: definition.locks.perStep) {
            (tables) throws(PostgresError) in try await keyDefinitions(of: tables)
        }
        var (partitions, undecodable, dropped) = try await partitions(of: tables.filter(\.hasCalendarKey).map(\.oid))
        for index in tables.indices {
            let oid = tables[index].oid
            tables[index].partitions = partitions.removeValue(forKey: oid) ?? []
            tables[index].undecodable = tables[index].undecodable ?? undecodable[oid]
            if tables[index].key.definition == "" {
                tables[index].key.definition = keys[oid] ?? "not shown: the table is locked, or gone"
            }
        }
        return (tables, dropped)
    }

    /// What attaching a partition to some of the tables locks beside them, and whose code it runs. Has to be called in a
    /// transaction.
    ///
    /// - Parameter wanted: the OIDs of those that are to get a partition.
    /// - Returns: the error of each of which something was dropped meanwhile, by OID: nothing may be created there.
    func readSurroundings(
        of wanted: [UInt32], into tables: inout [PartitionedTable]
    ) async throws(PostgresError) -> [UInt32: PostgresError] {
        let places = Dictionary(tables.indices.map { (tables[$0].oid, $0) }) { first, _ in first }
        let owners = places.mapValues { tables[$0].owner }
        func owner(of table: UInt32) -> String { owners[table] ?? "" }
        let (surroundings, unreadSurroundings) = try await connection.readPatiently(wanted, ownedBy: owner) {
            (tables) throws(PostgresError) in try await self.surroundings(of: tables)
        }
        let found = wanted.compactMap { places[$0] }
        for index in found { tables[index].take(surroundings[tables[index].oid]) }
        let (code, unreadCode) = try await connection.readPatiently(wanted, ownedBy: owner) {
            (tables) throws(PostgresError) in try await AttachedCode.read(tables, on: connection)
        }
        var dropped: [UInt32: PostgresError] = [:]
        for index in found {
            let oid = tables[index].oid
            tables[index].foreignCode = code[oid]
            guard let error = unreadSurroundings[oid] ?? unreadCode[oid] else { continue }
            if error.indicatesDroppedObject {
                dropped[oid] = error
            } else {
                tables[index].unreadCode = ServerFailure(error)
            }
        }
        return dropped
    }

    /// nil if there is no such partitioned table, or one of its partitions was dropped meanwhile.
    func table(named name: RelationName) async throws(PostgresError) -> PartitionedTable? {
        guard var table = try await tables(in: [], named: [name]).first else { return nil }
        guard table.hasCalendarKey else { return table }
        table.take(try await surroundings(of: [table.oid])[table.oid])
        table.foreignCode = try await AttachedCode.read([table.oid], on: connection)[table.oid]
        let (partitions, undecodable, dropped) = try await partitions(of: [table.oid])
        table.partitions = partitions[table.oid] ?? []
        table.undecodable = table.undecodable ?? undecodable[table.oid]
        return dropped.isEmpty ? table : nil
    }

    /// Without their partitions and surroundings.
    func tables(
        in schemas: [String], named: [RelationName]
    ) async throws(PostgresError) -> [PartitionedTable] {
        try await connection.rows(
            CatalogQuery.partitionedTables(schemas, named.map(\.schema), named.map(\.name))
        ).map { (row) throws(PostgresError) in try table(row) }
    }

    private func keyDefinitions(of tables: [UInt32]) async throws(PostgresError) -> [UInt32: String] {
        var definitions: [UInt32: String] = [:]
        for row in try await connection.rows(CatalogQuery.keyDefinitions(tables)) {
            definitions[try row.decode("oid")] = try row.decodeIfPresent("definition")
        }
        return definitions
    }

    private typealias Found = (
        partitions: [UInt32: [Partition]], undecodable: [UInt32: UndecodableName], dropped: [UInt32: PostgresError]
    )

    /// By the OID of the parent; and the parents of which one has a name that is no UTF-8, or was dropped in the meantime.
    private func partitions(of parents: [UInt32]) async throws(PostgresError) -> Found {
        var (found, undecodable, dropped): Found = ([:], [:], [:])
        guard !parents.isEmpty else { return (found, undecodable, dropped) }
        for row in try await connection.rows(CatalogQuery.partitions(parents)) {
            let parent: UInt32 = try row.decode("parent")
            if try row.decode("is_gone", as: Bool.self) {
                dropped[parent] = .dropped
                continue
            }
            let oid: UInt32 = try row.decode("oid")
            if let (_, text) = row.undecodable {
                undecodable[parent] = UndecodableName(oid: oid, text: text, isOwnName: false)
            }
            var partition = Partition(
                oid: oid, name: try RelationName(row),
                lower: try PartitionBound(row.decode("lower")), upper: try PartitionBound(row.decode("upper")),
                isPartitioned: try row.decode("is_partitioned"), isForeign: try row.decode("is_foreign"),
                isDetachPending: try row.decode("is_detach_pending"))
            partition.isEmpty = try row.decode("is_empty")
            found[parent, default: []].append(partition)
        }
        return (found, undecodable, dropped)
    }

    private func table(_ row: Row) throws(PostgresError) -> PartitionedTable {
        let definition: String = try row.decodeIfPresent("key_definition") ?? ""
        let key: PartitionedTable.Key
        if try row.decode("key_columns", as: Int.self) > 1 {
            key = .several(definition)
        } else if let column: String = try row.decodeIfPresent("key_column") {
            key = .column(column, type: try row.decode("key_type"))
        } else {
            key = .expression(definition)
        }
        let strategy: String = try row.decode("strategy")
        guard let strategy = PartitionedTable.Strategy(rawValue: strategy) else {
            throw PostgresError(.decoding, "unknown partitioning strategy '\(strategy)' of \(try RelationName(row))")
        }
        let hasDefault = try row.decodeIfPresent("default_name", as: String.self) != nil
        let oid: UInt32 = try row.decode("oid")
        var table = PartitionedTable(
            oid: oid, name: try RelationName(row), owner: try row.decode("owner"),
            mayActAsOwner: try row.decode("may_act_as_owner"), strategy: strategy, key: key,
            defaultPartition: hasDefault ? try RelationName(row, schema: "default_schema", name: "default_name") : nil,
            isPartition: try row.decode("is_partition"),
            leafPublications: try row.decode("leaf_publications"),
            ownerMayHaveSandbox: try row.decode("may_have_sandbox"))
        table.parentOID = try row.decodeIfPresent("parent")
        table.partitionedPartitions = try row.decode("partitioned_partitions")
        table.ownerIsSuperuser = try row.decode("owner_is_superuser")
        table.undecodable = UndecodableName(row, of: oid)
        return table
    }

    private func surroundings(of tables: [UInt32]) async throws(PostgresError) -> [UInt32: Surroundings] {
        var found: [UInt32: Surroundings] = [:]
        for row in try await connection.rows(CatalogQuery.surroundings(tables)) {
            try row.requireUTF8()
            let schemas: [String] = try row.decode("foreign_key_schemas")
            let names: [String] = try row.decode("foreign_key_names")
            let schema: String? = try row.decodeIfPresent("foreign_schema")
            found[try row.decode("table_oid")] = Surroundings(
                foreignSchema: try schema.map { (name) throws(PostgresError) in
                    ForeignSchema(name: name, owner: try row.decode("foreign_schema_owner"))
                },
                foreignKeyTables: zip(schemas, names).map(RelationName.init(schema:name:)),
                neighbours: try neighbours(row))
        }
        return found
    }

    private func neighbours(_ row: Row) throws(PostgresError) -> [Neighbour] {
        let schemas: [String] = try row.decode("neighbour_schemas")
        let names: [String] = try row.decode("neighbour_names")
        let owners: [String] = try row.decode("neighbour_owners")
        let modes: [String] = try row.decode("neighbour_modes")
        let roles: [String] = try row.decode("neighbour_lock_roles")
        let kinds: [String] = try row.decode("neighbour_kinds")
        let superusers: [String] = try row.decode("neighbour_superusers")
        guard [names, owners, modes, roles, kinds, superusers].allSatisfy({ $0.count == schemas.count }) else {
            throw PostgresError(.shape, "the server's lists of what is beside a table differ in length")
        }
        return schemas.indices.map { index in
            Neighbour(
                relation: RelationName(schema: schemas[index], name: names[index]), owner: owners[index],
                mode: LockMode(rawValue: modes[index]) ?? .accessExclusive,
                lockRole: roles[index].isEmpty ? nil : roles[index], isForeign: kinds[index] == "f",
                isSuperusers: superusers[index] == "true")
        }
    }
}

/// What attaching a partition to a table locks beside it.
private struct Surroundings {
    let foreignSchema: ForeignSchema?
    let foreignKeyTables: [RelationName]
    let neighbours: [Neighbour]
}

extension PartitionedTable {
    /// - Parameter surroundings: nil where they could not be read, and nothing may be created.
    fileprivate mutating func take(_ surroundings: Surroundings?) {
        foreignSchema = surroundings?.foreignSchema
        foreignKeyTables = surroundings?.foreignKeyTables ?? []
        neighbours = surroundings?.neighbours ?? []
    }

    /// Whether its bounds are dates or timestamps; the bounds of other tables are not read.
    var hasCalendarKey: Bool {
        guard strategy == .range, case .column(_, let type) = key else { return false }
        return PartitionKeyType(rawValue: type) != nil
    }
}

extension PartitionedTable.Key {
    /// Of all but a plain column; empty where that has yet to be read.
    fileprivate var definition: String? {
        get {
            switch self {
            case .several(let definition), .expression(let definition): definition
            case .column: nil
            }
        }
        set {
            switch self {
            case .several: self = .several(newValue ?? "")
            case .expression: self = .expression(newValue ?? "")
            case .column: break
            }
        }
    }
}

extension PartitionBound {
    /// - Parameter text: as returned by `sql/run/catalog/partitions.sql`.
    init(_ text: String) throws(PostgresError) {
        switch text {
        case "minimum": self = .minimum
        case "maximum": self = .maximum
        default:
            guard let microseconds = Int64(text) else {
                throw PostgresError(.decoding, "expected a partition bound in microseconds, found '\(text)'")
            }
            self = .at(try Instant(microsecondsFromServer: microseconds))
        }
    }
}
