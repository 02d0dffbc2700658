import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads the templates of partitions, to copy them to new partitions and to compare partitions with each other.
struct TemplateReader {
    let connection: Connection

    /// The templates by the OID of the parent. For a parent without a sibling to copy, the template for a first
    /// partition is derived from the parent itself.
    ///
    /// To print policies the server locks the table (ACCESS SHARE), and so waits for sessions that rewrite it. Those that
    /// cannot be read, because a lock is not available within `deadline`, one is too long or is dropped meanwhile, are
    /// returned separately, by the OID of the parent as well. Has to be called in a transaction.
    func read(
        _ templates: [(parent: UInt32, template: UInt32?)], within deadline: Duration
    ) async throws(PostgresError) -> (templates: [UInt32: PartitionTemplate], unread: [UInt32: PostgresError]) {
        let known = templates.compactMap { pair in pair.template.map { (parent: pair.parent, template: $0) } }
        let first = try await connection.readPatiently(templates.filter { $0.template == nil }.map(\.parent)) {
            (tables) throws(PostgresError) in try await self.tables(tables)
        }
        var (templates, unread) = (first.read.mapValues(\.forFirstPartition), first.unread)
        let found = try await connection.readPatiently(known.map(\.template), lockTimeout: deadline) {
            (tables) throws(PostgresError) in try await read(tables)
        }
        for (parent, template) in known {
            templates[parent] = found.read[template]
            // Without its grants and policies a new partition could expose rows.
            unread[parent] = templates[parent] == nil ? found.unread[template] ?? .dropped : nil
        }
        return (templates, unread)
    }

    /// nil if there is no such table.
    func read(_ name: RelationName) async throws(PostgresError) -> PartitionTemplate? {
        guard let oid = try await oid(of: name) else { return nil }
        return try await read([oid])[oid]
    }

    private func oid(of name: RelationName) async throws(PostgresError) -> UInt32? {
        let row = try await connection.optionalRow(
            """
            SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = \(name.schema) AND c.relname = \(name.name)
            """)
        return try row?.decode("oid", as: UInt32.self)
    }

    /// By the OID of the table itself.
    ///
    /// - Throws: `programLimitExceeded` if one has more than 1 MB of policies and the like.
    func read(_ tables: [UInt32]) async throws(PostgresError) -> [UInt32: PartitionTemplate] {
        guard !tables.isEmpty else { return [:] }
        if try await connection.row(CatalogQuery.templateWeight(tables)).decode("may_be_long"),
            let long = try await connection.optionalRow(CatalogQuery.templateSize(tables))
        {
            throw PostgresError(
                .server,
                "the policies, triggers, indexes, constraints, grants and publications of \(try RelationName(long)) take "
                    + "\(try long.decode("bytes", as: Int.self)) bytes, and pgtend copies 1 MB at most",
                sqlState: .programLimitExceeded, hint: "drop or shorten what is long of it")
        }
        var templates = try await self.tables(tables)
        for row in try await exactRows(CatalogQuery.templateGrants(tables)) {
            let grant = PartitionTemplate.Grant(
                grantee: try row.decode("grantee"), privilege: try row.decode("privilege"),
                isGrantable: try row.decode("is_grantable"))
            let oid: UInt32 = try row.decode("oid")
            if let column: String = try row.decodeIfPresent("column_name") {
                templates[oid]?.columnGrants.append(PartitionTemplate.ColumnGrant(column: column, grant: grant))
            } else {
                templates[oid]?.grants?.append(grant)
            }
        }
        for row in try await exactRows(CatalogQuery.templatePolicies(tables)) {
            templates[try row.decode("oid")]?.policies.append(
                PartitionTemplate.Policy(
                    name: try row.decode("name"), isPermissive: try row.decode("is_permissive"),
                    command: try row.decode("command"), roles: try row.decode("roles"),
                    using: try row.decodeIfPresent("using_expression"),
                    check: try row.decodeIfPresent("check_expression")))
        }
        for row in try await exactRows(CatalogQuery.templateColumns(tables)) {
            templates[try row.decode("oid")]?.columns.append(
                PartitionTemplate.ColumnSetting(
                    name: try row.decode("name"), statisticsTarget: try row.decodeIfPresent("statistics_target"),
                    options: try row.decode("options"), storage: try row.decodeIfPresent("storage"),
                    compression: try row.decodeIfPresent("compression")))
        }
        for row in try await exactRows(CatalogQuery.templateTriggers(tables)) {
            templates[try row.decode("oid")]?.triggers.append(try trigger(row))
        }
        for row in try await exactRows(CatalogQuery.templateParts(tables)) {
            templates[try row.decode("oid")]?.localObjects.append(
                PartitionTemplate.LocalObject(
                    kind: try row.decode("kind"), name: try row.decode("name"),
                    definition: try row.decode("definition")))
        }
        for row in try await exactRows(CatalogQuery.templatePublications(tables)) {
            templates[try row.decode("oid")]?.publications.append(
                PartitionTemplate.Publication(
                    name: try row.decode("name"), columns: try row.decodeIfPresent("columns"),
                    filter: try row.decodeIfPresent("filter")))
        }
        // Only these are sent as text.
        let texts = tables.filter { templates[$0]?.hasTexts ?? false }
        if !texts.isEmpty {
            for row in try await exactRows(CatalogQuery.templateForeignCode(texts, nil as String?, false)) {
                templates[try row.decode("table_oid")]?.foreignCode = try ForeignCode(row)
            }
        }
        return templates
    }

    /// The parts of the templates that are in pg_class and its like, read without locking any of the tables.
    private func tables(_ oids: [UInt32]) async throws(PostgresError) -> [UInt32: PartitionTemplate] {
        guard !oids.isEmpty else { return [:] }
        var templates: [UInt32: PartitionTemplate] = [:]
        for row in try await exactRows(CatalogQuery.templateTables(oids)) {
            templates[try row.decode("oid")] = try table(row)
        }
        return templates
    }

    /// All of it becomes part of statements.
    private func exactRows(_ query: Statement) async throws(PostgresError) -> [Row] {
        let rows = try await connection.rows(query)
        for row in rows { try row.requireUTF8() }
        return rows
    }

    private func table(_ row: Row) throws(PostgresError) -> PartitionTemplate {
        PartitionTemplate(
            relation: try RelationName(row), owner: try row.decode("owner"),
            grants: try row.decode("has_grants", as: Bool.self) ? [] : nil,
            defaultGrantees: try row.decode("default_grantees"), rowSecurity: try row.decode("row_security"),
            forceRowSecurity: try row.decode("force_row_security"),
            storageParameters: try row.decode("storage_parameters"),
            toastParameters: try row.decode("toast_parameters"), replicaIdentity: try replicaIdentity(row),
            tablespace: try row.decodeIfPresent("tablespace"), accessMethod: try row.decodeIfPresent("access_method"),
            identityColumns: try row.decode("has_identity"), isUnlogged: try row.decode("is_unlogged"))
    }

    private func replicaIdentity(_ row: Row) throws(PostgresError) -> PartitionTemplate.ReplicaIdentity {
        switch try row.decode("replica_identity", as: String.self) {
        case "f": return .full
        case "n": return .nothing
        case "i":
            if try row.decodeIfPresent("parent_index_name", as: String.self) != nil {
                return .index(
                    parentIndex: try RelationName(row, schema: "parent_index_schema", name: "parent_index_name"))
            }
            return .localIndex(try row.decodeIfPresent("identity_index") ?? "")
        default: return .primaryKey
        }
    }

    private func trigger(_ row: Row) throws(PostgresError) -> PartitionTemplate.Trigger {
        let state: String = try row.decode("state")
        guard let state = PartitionTemplate.Trigger.State(rawValue: state) else {
            throw PostgresError(.decoding, "unknown trigger state '\(state)'")
        }
        return PartitionTemplate.Trigger(
            name: try row.decode("name"), head: try row.decode("head"), tail: try row.decode("tail"), state: state,
            isCloned: try row.decode("is_cloned"))
    }
}
