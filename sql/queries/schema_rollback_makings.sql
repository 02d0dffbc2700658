-- What the migration made that others may use as well, and what keeps it where that can be seen from here. NULL: it
-- goes with the schema, unless the server finds somebody who needs it.
SELECT m.kind, m.name,
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
            WHERE e.extname = m.name AND c.relnamespace <> 'mcp'::regnamespace AND NOT EXISTS (
                SELECT
                FROM pg_depend AS x
                WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e'))
    END AS obstacle
FROM pgtend.schema_makings AS m
LEFT JOIN pg_roles AS r ON m.kind = 'role' AND r.rolname = m.name
WHERE m.kind IN ('role', 'extension', 'schema')
ORDER BY m.kind, m.name
