import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Whether writing to tables would run code of others than their owner, with the owner's rights.
enum WrittenCodeCheck: String {
    /// Its triggers fire, and foreign keys read or write the tables at their other end.
    case writing = "true"

    /// A relation with such code; or, around a table that is written to, one that could get some: another owner's.
    struct Relation {
        let table: UInt32
        let relation: RelationName
        let owner: String
        let code: ForeignCode?
        /// Whether pgtend's role may SET ROLE to its owner.
        let mayBecome: Bool
        let isMember: Bool
    }

    /// - Parameter worker: as whom the work is done; nil is the owner of the table.
    func around(
        _ tables: [UInt32], as worker: String?, on connection: Connection
    ) async throws(PostgresError) -> [Relation] {
        guard !tables.isEmpty else { return [] }
        var found: [Relation] = []
        for row in try await connection.rows(CatalogQuery.writtenCode(tables, self == .writing, worker)) {
            let (relation, owner) = (try RelationName(row), try row.decode("owner", as: String.self))
            var code: ForeignCode?
            if let called: String = try row.decodeIfPresent("code") {
                code = ForeignCode(
                    relation: relation, owner: owner, caller: try row.decode("caller"), code: called,
                    codeOwner: try row.decode("code_owner"))
            }
            found.append(
                Relation(
                    table: try row.decode("table_oid"), relation: relation, owner: owner, code: code,
                    mayBecome: try row.decode("may_act_as_owner"), isMember: try row.decode("is_member")))
        }
        return found
    }

    /// A statement that fails where there is such code, for around the work: what is asked beforehand may change until
    /// its locks are held, and the owner need not have the privilege to take them first. What has run by then is undone
    /// with the transaction. It leaves the `search_path` as it is. Where rows are written it is run as whoever writes
    /// them.
    ///
    /// - Parameter function: what writes the rows; it must not have become another's.
    func proof(_ tables: [RelationName], function: RelationName? = nil) throws(SQLTextError) -> String {
        let names = try tables.map(pair)
        // Not by regclass, which asks for USAGE on the schema.
        let list = """
            ARRAY(
                SELECT t.oid FROM pg_class AS t JOIN pg_namespace AS s ON s.oid = t.relnamespace
                WHERE (s.nspname, t.relname) IN (\(names.joined(separator: ", ")))
            )
            """
        let query = EmbeddedSQL.queryWithoutComments(CatalogQuery.writtenCode.rawValue)
            .replacing("$3", with: self == .writing ? "current_user" : "NULL")
            .replacing("$1", with: "worked").replacing("$2", with: rawValue)
        let body = """
            DECLARE own_path pg_catalog.text := pg_catalog.current_setting('search_path'); stranger pg_catalog.record;
                worked pg_catalog.oid[];
            BEGIN
                SET LOCAL search_path = \(SessionSettings.searchPath);
                \(try function.map(ownership) ?? "")
                worked := \(list);
                <<asked>> BEGIN
                    \(exits)
                    SELECT * FROM (\(query)) AS found WHERE found.code IS NOT NULL LIMIT 1 INTO stranger;
                    EXIT asked WHEN stranger.name IS NULL;
                    RAISE object_not_in_prerequisite_state USING MESSAGE = format(
                        'code of another owner would run: %I.%I belongs to %s, and its %s calls %s of %s', stranger.schema,
                        stranger.name, stranger.owner, stranger.caller, stranger.code, stranger.code_owner),
                        HINT = 'it has come since the plan was made: pgtend plan says what to do';
                END asked;
                PERFORM set_config('search_path', own_path, true);
            END
            """
        return "DO \(try SQLLiteral(body).quoted)"
    }

    private func pair(_ name: RelationName) throws(SQLTextError) -> String {
        "(\(try SQLLiteral(name.schema).quoted), \(try SQLLiteral(name.name).quoted))"
    }

    /// No lock keeps the owner of a schema from dropping a function in it and making another of that name.
    private func ownership(of function: RelationName) throws(SQLTextError) -> String {
        """
        IF EXISTS (
            SELECT FROM pg_proc AS p JOIN pg_namespace AS s ON s.oid = p.pronamespace JOIN pg_roles AS r ON r.oid = p.proowner
            WHERE (s.nspname, p.proname) = \(try pair(function)) AND r.rolname <> current_user AND NOT r.rolsuper
        ) THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = 'the function belongs to another role by now';
        END IF;
        """
    }

    /// Where there can be no such code, which costs less to ask, a little and then a little more; as `may_meet_others` of
    /// `sql/run/statistics/presence.sql`.
    private var exits: String {
        guard self == .writing else { return "" }
        return """
            EXIT asked WHEN NOT EXISTS (
                SELECT FROM pg_class AS t
                WHERE t.oid = ANY (worked)
                    AND (t.relhastriggers OR t.relhassubclass OR pg_get_userbyid(t.relowner) <> current_user)
            );
            EXIT asked WHEN NOT EXISTS (
                SELECT FROM pg_class AS t
                LEFT JOIN pg_trigger AS g ON g.tgrelid = t.oid
                LEFT JOIN pg_proc AS f ON f.oid = g.tgfoid AND NOT g.tgisinternal AND g.tgqual IS NULL
                LEFT JOIN pg_constraint AS k ON k.oid = g.tgconstraint AND k.contype = 'f' AND k.conrelid = t.oid
                    AND k.confrelid <> t.oid
                LEFT JOIN pg_class AS o ON o.oid = k.confrelid
                WHERE t.oid = ANY (worked) AND (
                    t.relhassubclass OR pg_get_userbyid(t.relowner) <> current_user
                    OR g.oid IS NOT NULL AND (f.proowner = t.relowner) IS NOT TRUE
                        AND (o.relowner = t.relowner AND NOT o.relhassubclass) IS NOT TRUE)
            );
            """
    }
}
