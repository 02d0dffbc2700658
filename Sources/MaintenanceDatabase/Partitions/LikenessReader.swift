import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads what partitions have of their own, so that new ones can be made like them and compared with them.
struct LikenessReader {
    let connection: Connection

    /// By the parent's oid. A parent without a template is followed itself, as far as a first partition does.
    ///
    /// The server locks a table (ACCESS SHARE) to print its policies, and waits behind whoever rewrites it. All are read
    /// at once; where one is locked for longer than `deadline` they are read one by one, and those that are locked are
    /// told apart. In a transaction, whose `lock_timeout` is the same afterwards.
    func read(
        _ templates: [(parent: UInt32, template: UInt32?)], within deadline: Duration
    ) async throws(PostgresError) -> (likenesses: [UInt32: PartitionLikeness], locked: [UInt32: ServerFailure]) {
        let known = templates.compactMap { pair in pair.template.map { (parent: pair.parent, template: $0) } }
        var likenesses = try await tables(templates.filter { $0.template == nil }.map(\.parent))
            .mapValues(\.ofFirstPartition)
        var locked: [UInt32: ServerFailure] = [:]
        do throws(PostgresError) {
            let byTemplate = try await read(known.map(\.template), within: deadline)
            for (parent, template) in known { likenesses[parent] = byTemplate[template] }
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw error }
            for (parent, template) in known {
                do throws(PostgresError) {
                    likenesses[parent] = try await read([template], within: deadline)[template]
                } catch {
                    guard error.sqlState == .lockNotAvailable else { throw error }
                    locked[parent] = ServerFailure(error)
                }
            }
        }
        return (likenesses, locked)
    }

    /// A lock that is not to be had in time leaves the transaction as it was.
    private func read(
        _ tables: [UInt32], within deadline: Duration
    ) async throws(PostgresError) -> [UInt32: PartitionLikeness] {
        guard !tables.isEmpty else { return [:] }
        do throws(PostgresError) {
            try await connection.script(
                unsafe: "SAVEPOINT likeness; SET LOCAL lock_timeout = '\(deadline.milliseconds)ms'")
            let likenesses = try await read(tables)
            // Rolled back: nothing was written, and the setting goes with it.
            try await connection.script(unsafe: "ROLLBACK TO SAVEPOINT likeness; RELEASE SAVEPOINT likeness")
            return likenesses
        } catch {
            if error.sqlState == .lockNotAvailable {
                try await connection.script(unsafe: "ROLLBACK TO SAVEPOINT likeness; RELEASE SAVEPOINT likeness")
            }
            throw error
        }
    }

    /// nil when there is no such table.
    func read(_ name: RelationName) async throws(PostgresError) -> PartitionLikeness? {
        let row = try await connection.optionalRow(
            """
            SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = \(name.schema) AND c.relname = \(name.name)
            """)
        guard let oid = try row?.decode("oid", as: UInt32.self) else { return nil }
        return try await read([oid])[oid]
    }

    /// By the table's own oid.
    func read(_ tables: [UInt32]) async throws(PostgresError) -> [UInt32: PartitionLikeness] {
        guard !tables.isEmpty else { return [:] }
        var likenesses = try await self.tables(tables)
        for row in try await connection.rows(CatalogQuery.likenessGrants(tables)) {
            let grant = PartitionLikeness.Grant(
                grantee: try row.decode("grantee"), privilege: try row.decode("privilege"),
                isGrantable: try row.decode("is_grantable"))
            let oid: UInt32 = try row.decode("oid")
            if let column: String = try row.decodeIfPresent("column_name") {
                likenesses[oid]?.columnGrants.append(PartitionLikeness.ColumnGrant(column: column, grant: grant))
            } else {
                likenesses[oid]?.grants?.append(grant)
            }
        }
        for row in try await connection.rows(CatalogQuery.likenessPolicies(tables)) {
            likenesses[try row.decode("oid")]?.policies.append(
                PartitionLikeness.Policy(
                    name: try row.decode("name"), isPermissive: try row.decode("is_permissive"),
                    command: try row.decode("command"), roles: try row.decode("roles"),
                    using: try row.decodeIfPresent("using_expression"),
                    check: try row.decodeIfPresent("check_expression")))
        }
        for row in try await connection.rows(CatalogQuery.likenessColumns(tables)) {
            likenesses[try row.decode("oid")]?.columns.append(
                PartitionLikeness.ColumnSetting(
                    name: try row.decode("name"), statisticsTarget: try row.decodeIfPresent("statistics_target"),
                    options: try row.decode("options"), storage: try row.decodeIfPresent("storage"),
                    compression: try row.decodeIfPresent("compression")))
        }
        for row in try await connection.rows(CatalogQuery.likenessTriggers(tables)) {
            likenesses[try row.decode("oid")]?.triggers.append(try trigger(row))
        }
        for row in try await connection.rows(CatalogQuery.likenessParts(tables)) {
            likenesses[try row.decode("oid")]?.ownParts.append(
                PartitionLikeness.OwnPart(
                    kind: try row.decode("kind"), name: try row.decode("name"),
                    definition: try row.decode("definition")))
        }
        for row in try await connection.rows(CatalogQuery.likenessPublications(tables)) {
            likenesses[try row.decode("oid")]?.publications.append(
                PartitionLikeness.Publication(
                    name: try row.decode("name"), columns: try row.decodeIfPresent("columns"),
                    filter: try row.decodeIfPresent("filter")))
        }
        return likenesses
    }

    /// Without what stands in other catalogs, and without a lock on any of the tables.
    private func tables(_ oids: [UInt32]) async throws(PostgresError) -> [UInt32: PartitionLikeness] {
        guard !oids.isEmpty else { return [:] }
        var likenesses: [UInt32: PartitionLikeness] = [:]
        for row in try await connection.rows(CatalogQuery.likenessTables(oids)) {
            likenesses[try row.decode("oid")] = try table(row)
        }
        return likenesses
    }

    private func table(_ row: Row) throws(PostgresError) -> PartitionLikeness {
        PartitionLikeness(
            template: try RelationName(row), owner: try row.decode("owner"),
            grants: try row.decode("has_grants", as: Bool.self) ? [] : nil,
            defaultGrantees: try row.decode("default_grantees"), rowSecurity: try row.decode("row_security"),
            forceRowSecurity: try row.decode("force_row_security"),
            storageParameters: try row.decode("storage_parameters"),
            toastParameters: try row.decode("toast_parameters"), replicaIdentity: try replicaIdentity(row),
            tablespace: try row.decodeIfPresent("tablespace"), accessMethod: try row.decodeIfPresent("access_method"),
            identityColumns: try row.decode("has_identity"), isUnlogged: try row.decode("is_unlogged"))
    }

    private func replicaIdentity(_ row: Row) throws(PostgresError) -> PartitionLikeness.ReplicaIdentity {
        switch try row.decode("replica_identity", as: String.self) {
        case "f": return .full
        case "n": return .nothing
        case "i":
            if try row.decodeIfPresent("parent_index_name", as: String.self) != nil {
                return .index(
                    parentIndex: try RelationName(row, schema: "parent_index_schema", name: "parent_index_name"))
            }
            return .ownIndex(try row.decodeIfPresent("identity_index") ?? "")
        default: return .primaryKey
        }
    }

    private func trigger(_ row: Row) throws(PostgresError) -> PartitionLikeness.Trigger {
        let state: String = try row.decode("state")
        guard let state = PartitionLikeness.Trigger.State(rawValue: state) else {
            throw PostgresError(.decoding, "unknown trigger state '\(state)'")
        }
        return PartitionLikeness.Trigger(
            name: try row.decode("name"), head: try row.decode("head"), tail: try row.decode("tail"), state: state,
            isCloned: try row.decode("is_cloned"))
    }
}
