import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Whether writing to tables would run code of others than whoever does it, with his rights: their triggers fire, and
/// foreign keys read or write the tables at their other end.
enum WrittenCode {
    /// A relation with such code, or one that could get some: another owner's.
    struct Relation {
        let table: UInt32
        let relation: RelationName
        let owner: String
        let code: ForeignCode?
        /// Whether pgtend's role may SET ROLE to its owner.
        let mayBecome: Bool
        let isMember: Bool
        /// A superuser's, beneath a table of another owner's.
        let isSuperusers: Bool
    }

    /// - Parameter worker: as whom the rows are written.
    static func around(
        _ tables: [UInt32], as worker: String, on connection: Connection
    ) async throws(PostgresError) -> [Relation] {
        guard !tables.isEmpty else { return [] }
        return try await connection.rows(CatalogQuery.writtenCode(tables, worker)).map { (row) throws(PostgresError) in
            Relation(
                table: try row.decode("table_oid"), relation: try RelationName(row), owner: try row.decode("owner"),
                code: try row.decodeIfPresent("code", as: String.self) == nil ? nil : try ForeignCode(row),
                mayBecome: try row.decode("may_act_as_owner"), isMember: try row.decode("is_member"),
                isSuperusers: try row.decode("is_superusers"))
        }
    }

    /// Fails where there is such code. Run as whoever writes the rows.
    ///
    /// - Parameter function: what writes the rows; it must not have become another's.
    static func proof(_ tables: [RelationName], function: RelationName?) throws(SQLTextError) -> String {
        try ForeignCodeProof.statement(
            tables,
            unsafe: """
                \(try function.map(ownership) ?? "")
                <<asked>> BEGIN
                    \(exits)
                    EXECUTE $query$ SELECT * FROM (\(query)) AS found WHERE found.code IS NOT NULL LIMIT 1 $query$
                        INTO stranger USING worked, current_user::text;
                    EXIT asked WHEN stranger.name IS NULL;
                    \(ForeignCodeProof.refusal)
                END asked;
                """)
    }

    // Executed, so that what is asked only now and then is not parsed each time.
    private static let query = EmbeddedSQL.queryWithoutComments(CatalogQuery.writtenCode.rawValue)

    /// No lock keeps the owner of a schema from dropping a function in it and making another of that name, whose types may
    /// be anybody's.
    private static func ownership(of function: RelationName) throws(SQLTextError) -> String {
        let named = "pg_proc AS p JOIN pg_namespace AS s ON s.oid = p.pronamespace"
        let hasThatName = "(s.nspname, p.proname) = (\(try function.literals))"
        let types = "p.prorettype || p.proargtypes::oid[]"
        let isStrangers = "r.rolname <> current_user AND NOT r.rolsuper"
        return """
            IF EXISTS (
                SELECT FROM \(named) JOIN pg_roles AS r ON r.oid = p.proowner WHERE \(hasThatName) AND \(isStrangers)
            ) THEN
                RAISE object_not_in_prerequisite_state USING MESSAGE = 'the function belongs to another role by now';
            ELSIF EXISTS (SELECT FROM \(named) WHERE \(hasThatName) AND 16384 <= ANY (\(types))) THEN
                IF EXISTS (
                    WITH RECURSIVE used (refclassid, refobjid) AS (
                        SELECT 'pg_type'::regclass, declared.type
                        FROM \(named) CROSS JOIN unnest(\(types)) AS declared (type)
                        WHERE \(hasThatName)
                        UNION
                        SELECT made_of.class, made_of.oid
                        FROM used AS u CROSS JOIN LATERAL (\(madeOf)) AS made_of
                        WHERE u.refclassid = 'pg_type'::regclass AND made_of.oid <> 0
                    )
                    SELECT
                    FROM used AS u
                    LEFT JOIN pg_type AS t ON u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid
                    LEFT JOIN pg_proc AS p ON u.refclassid = 'pg_proc'::regclass AND p.oid = u.refobjid
                    LEFT JOIN pg_operator AS o ON u.refclassid = 'pg_operator'::regclass AND o.oid = u.refobjid
                    JOIN pg_roles AS r ON r.oid IN (t.typowner, p.proowner, o.oprowner)
                    WHERE \(isStrangers)
                ) THEN
                    RAISE object_not_in_prerequisite_state
                        USING MESSAGE = 'a type of the function, or what it is made of, belongs to another role by now';
                END IF;
            END IF;
            """
    }

    private static let madeOf = EmbeddedSQL.queryWithoutComments("run/catalog/made_of")

    /// Where there can be no such code, which costs less to ask.
    private static let exits = """
        EXIT asked WHEN NOT EXISTS (
            SELECT FROM pg_class AS t
            WHERE t.oid = ANY (worked)
                AND (t.relhassubclass OR pg_get_userbyid(t.relowner) <> current_user OR
                    \(EmbeddedSQL.queryWithoutComments("run/statistics/may_meet_others")))
        );
        """
}
