import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Whether work on a table would run code of others than its owner, with the owner's rights.
enum ForeignCodeCheck: String {
    /// The DEFAULT partition and the tables that foreign keys refer to are planned and scanned.
    case attaching = "false"

    /// By the OID of the table: the first that is found of each.
    func read(_ tables: [UInt32], on connection: Connection) async throws(PostgresError) -> [UInt32: ForeignCode] {
        guard !tables.isEmpty else { return [:] }
        var found: [UInt32: ForeignCode] = [:]
        for row in try await connection.rows(CatalogQuery.foreignCode(tables, false, false)) {
            found[try row.decode("table_oid")] = try ForeignCode(row)
        }
        return found
    }

    /// A statement that fails where there is such code, for around the work: what is asked beforehand may change until
    /// its locks are held. What has run by then is undone with the transaction, but for sequences and advisory locks of the
    /// session. Where a partition is attached, it fails too where something of others' beside the tables is not locked.
    /// It leaves the `search_path` as it is.
    func proof(_ tables: [RelationName]) throws(SQLTextError) -> String {
        let names = try tables.map { (table) throws(SQLTextError) in
            "(\(try SQLLiteral(table.schema).quoted), \(try SQLLiteral(table.name).quoted))"
        }
        // Not by regclass, which asks for USAGE on the schema.
        let list = """
            ARRAY(
                SELECT t.oid FROM pg_class AS t JOIN pg_namespace AS s ON s.oid = t.relnamespace
                WHERE (s.nspname, t.relname) IN (\(names.joined(separator: ", ")))
            )
            """
        let query = EmbeddedSQL.query(
            CatalogQuery.foreignCode.rawValue, with: [list, rawValue, "true"])
        let body = """
            DECLARE own_path pg_catalog.text := pg_catalog.current_setting('search_path'); stranger pg_catalog.record;
            BEGIN
                SET LOCAL search_path = \(SessionSettings.searchPath);
                \(query) LIMIT 1 INTO stranger;
                IF stranger.name IS NOT NULL AND stranger.caller IS NULL THEN
                    RAISE object_not_in_prerequisite_state USING MESSAGE = format(
                        'code of another owner could come: %I.%I belongs to %s and is not locked', stranger.schema,
                        stranger.name, stranger.owner),
                        HINT = 'it has come since the plan was made: pgtend plan says what to do';
                ELSIF stranger.name IS NOT NULL THEN
                    RAISE object_not_in_prerequisite_state USING MESSAGE = format(
                        'code of another owner would run: %I.%I belongs to %s, and its %s calls %s of %s', stranger.schema,
                        stranger.name, stranger.owner, stranger.caller, stranger.code, stranger.code_owner),
                        HINT = 'it has come since the plan was made: pgtend plan says what to do';
                END IF;
                PERFORM set_config('search_path', own_path, true);
            END
            """
        return "DO \(try SQLLiteral(body).quoted)"
    }
}

extension ForeignCode {
    init(_ row: Row) throws(PostgresError) {
        self.init(
            relation: try RelationName(row), owner: try row.decode("owner"), caller: try row.decode("caller"),
            code: try row.decode("code"), codeOwner: try row.decode("code_owner"))
    }
}
