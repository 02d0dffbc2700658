-- What the migration made, or changed, that others may use as well, and what keeps it where that can be seen from here.
-- NULL: it goes with the schema, unless the server finds somebody who needs it. What is dropped with the schema are the
-- objects $2 of the catalogs $1, pairwise.
WITH RECURSIVE dropped (class, object) AS (
    SELECT d.class::oid, d.object::oid
    FROM unnest($1::bigint[], $2::bigint[]) AS d (class, object)
    UNION
    SELECT d.classid, d.objid
    FROM dropped AS o
    JOIN pg_depend AS d ON d.refclassid = o.class AND d.refobjid = o.object
    WHERE d.deptype IN ('a', 'i', 'P', 'S')
)
SELECT m.kind, m.name, m.detail, m.made_by,
    CASE m.kind
        WHEN 'role' THEN (
            SELECT string_agg(o.reason, '; ' ORDER BY o.reason)
            FROM (
                SELECT format('%I is a member', pg_get_userbyid(a.member))
                FROM pg_auth_members AS a
                WHERE a.roleid = r.oid AND pg_get_userbyid(a.member) <> m.made_by
                UNION ALL
                SELECT format('it is a member of %I', pg_get_userbyid(a.roleid))
                FROM pg_auth_members AS a
                WHERE a.member = r.oid
                UNION ALL
                SELECT format('database %I needs it', d.datname)
                FROM pg_database AS d
                WHERE d.datname <> current_database() AND EXISTS (
                    SELECT
                    FROM pg_shdepend AS s
                    WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
                        AND (s.dbid = d.oid OR (s.classid = 'pg_database'::regclass AND s.objid = d.oid)))
            ) AS o (reason))
        WHEN 'extension' THEN (
            SELECT string_agg(DISTINCT format('%s needs it', c.oid::regclass), '; ')
            FROM pg_extension AS e
            JOIN pg_depend AS i ON i.refclassid = 'pg_extension'::regclass AND i.refobjid = e.oid AND i.deptype = 'e'
            JOIN pg_depend AS d ON d.refclassid = i.classid AND d.refobjid = i.objid
            JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
            WHERE e.extname = m.name
                AND NOT EXISTS (SELECT FROM dropped AS o WHERE o.class = d.classid AND o.object = d.objid)
                AND NOT EXISTS (
                    SELECT
                    FROM pg_depend AS x
                    WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e'))
        WHEN 'schema' THEN (
            -- What somebody else has put into the schema that the migration made stops everything, but for
            -- golang-migrate's table.
            SELECT string_agg(format('%s stands in it', o.name), '; ' ORDER BY o.name)
            FROM pg_depend AS d
            CROSS JOIN LATERAL pg_describe_object(d.classid, d.objid, 0) AS o (name)
            WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace(quote_ident(m.name))
                AND d.deptype = 'n' AND d.classid <> 'pg_extension'::regclass
                AND (
                    m.name <> 'mcp' OR EXISTS (
                        SELECT
                        FROM pg_class AS c
                        WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relname = 'schema_migrations'))
                AND NOT EXISTS (SELECT FROM dropped AS o WHERE o.class = d.classid AND o.object = d.objid)
                AND NOT EXISTS (
                    SELECT
                    FROM pg_depend AS x
                    WHERE x.classid = d.classid AND x.objid = d.objid AND x.deptype = 'e'))
    END AS obstacle
FROM pgtend.schema_makings AS m
LEFT JOIN pg_roles AS r ON m.kind = 'role' AND r.rolname = m.name
WHERE CASE m.kind
    WHEN 'role' THEN r.oid IS NOT NULL
    WHEN 'extension' THEN EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = m.name)
    ELSE to_regnamespace(quote_ident(m.name)) IS NOT NULL
END
ORDER BY m.kind, m.name
