-- What the migration made, or changed, that others may use as well, and what keeps it as far as that can be seen from
-- here. NULL: it goes with the schema, unless the server finds somebody who needs it. What is dropped with the schema are
-- the objects $2 of the catalogs $1, pairwise; $3 is the comment that the migration writes on its schema.
WITH RECURSIVE shared (kind, name) AS (
    VALUES ('extension', 'vector'), ('extension', 'pg_trgm'), ('schema', 'mcp'), ('schema', 'pgtend'),
        ('role', 'mcp_owner'), ('role', 'mcp_application'), ('role', 'mcp_readonly')
),
recorded AS (
    -- Whoever writes to the record has nothing else taken back than what the migration can have made.
    SELECT m.kind, m.name, m.detail, m.created_at, m.created_by, true AS is_recorded
    FROM pgtend.created_objects AS m
    WHERE (m.kind, m.name) IN (SELECT s.kind, s.name FROM shared AS s)
        OR (m.kind IN ('owner', 'comment') AND m.name = 'mcp')
        OR (m.kind = 'usage' AND ('role', m.detail) IN (SELECT s.kind, s.name FROM shared AS s))
),
candidate AS (
    SELECT r.*
    FROM recorded AS r
    -- Of an owner or a comment that was replaced twice, the first is the one to end with.
    WHERE NOT (r.kind IN ('owner', 'comment') AND EXISTS (
        SELECT
        FROM recorded AS o
        WHERE o.kind = r.kind AND o.name = r.name AND (o.created_at, o.detail) < (r.created_at, r.detail)))
    UNION ALL
    SELECT s.kind, s.name, '', NULL, '', false
    FROM shared AS s
    WHERE NOT EXISTS (SELECT FROM recorded AS r WHERE r.kind = s.kind AND r.name = s.name)
),
dropped (class, object) AS (
    SELECT d.class::oid, d.object::oid
    FROM unnest($1::bigint[], $2::bigint[]) AS d (class, object)
    UNION
    -- Default privileges go with the schema that they are for.
    SELECT 'pg_namespace'::regclass::oid, to_regnamespace(quote_ident(r.name))::oid
    FROM recorded AS r
    WHERE r.kind = 'schema'
    UNION
    SELECT d.classid, d.objid
    FROM dropped AS o
    JOIN pg_depend AS d ON d.refclassid = o.class AND d.refobjid = o.object
    WHERE d.deptype IN ('a', 'i', 'P', 'S')
),
own (extension, class, object) AS (
    SELECT e.extname, d.classid, d.objid
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    UNION
    -- Array types, and what belongs to an operator class.
    SELECT o.extension, d.classid, d.objid
    FROM own AS o
    JOIN pg_depend AS d ON d.refclassid = o.class AND d.refobjid = o.object AND d.deptype IN ('a', 'i')
),
needed (kind, name, class, object, part) AS (
    SELECT 'role', m.name, s.classid, s.objid, s.objsubid
    FROM candidate AS m
    JOIN pg_roles AS r ON m.kind = 'role' AND r.rolname = m.name
    JOIN pg_database AS d ON d.datname = current_database()
    JOIN pg_shdepend AS s
        ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
        AND (s.dbid = d.oid OR (s.classid = 'pg_database'::regclass AND s.objid = d.oid))
    -- A right to use a schema is taken back, and a schema given back.
    WHERE NOT (s.classid = 'pg_namespace'::regclass AND EXISTS (
        SELECT
        FROM recorded AS o
        WHERE s.objid = to_regnamespace(quote_ident(o.name))
            AND (o.kind = 'owner' AND m.name = 'mcp_owner' OR o.kind = 'usage' AND o.detail = m.name)))
    UNION ALL
    SELECT 'extension', o.extension, d.classid, d.objid, d.objsubid
    FROM own AS o
    JOIN pg_depend AS d ON d.refclassid = o.class AND d.refobjid = o.object
    UNION ALL
    -- Other extensions, and what is marked to go with it.
    SELECT 'extension', e.extname, d.classid, d.objid, d.objsubid
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype IN ('n', 'x')
    UNION ALL
    -- What somebody else has put into the schema that the migration made stops everything, but for golang-migrate's table.
    SELECT 'schema', n.nspname, d.classid, d.objid, 0
    FROM pg_namespace AS n
    JOIN pg_depend AS d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid AND d.deptype = 'n'
    WHERE n.nspname <> 'mcp' OR EXISTS (
        SELECT
        FROM pg_class AS c
        WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relname = 'schema_migrations')
),
needs AS (
    SELECT n.kind, n.name, count(*) AS count, min(n.need) AS example
    FROM (
        SELECT DISTINCT n.kind, n.name,
            -- A view depends on what it reads by its rule.
            coalesce(
                (
                    SELECT pg_describe_object('pg_class'::regclass, w.ev_class, 0)
                    FROM pg_rewrite AS w
                    WHERE n.class = 'pg_rewrite'::regclass AND w.oid = n.object AND w.rulename = '_RETURN'
                ),
                pg_describe_object(n.class, n.object, n.part)) AS need
        FROM needed AS n
        WHERE NOT EXISTS (SELECT FROM dropped AS o WHERE o.class = n.class AND o.object = n.object)
            AND NOT EXISTS (SELECT FROM own AS o WHERE o.class = n.class AND o.object = n.object)
    ) AS n
    GROUP BY n.kind, n.name
)
SELECT m.kind, m.name, m.detail, m.created_by,
    CASE WHEN NOT m.is_recorded THEN 'it is not recorded that the migration made it' ELSE (
        SELECT string_agg(o.reason, '; ' ORDER BY o.reason)
        FROM (
            SELECT CASE s.count
                    WHEN 1 THEN format(CASE m.kind WHEN 'schema' THEN '%s stands in it' ELSE '%s needs it' END, s.example)
                    ELSE format('%s and %s more need it', s.example, s.count - 1)
                END
            FROM needs AS s
            WHERE s.kind = m.kind AND s.name = m.name
            UNION ALL
            SELECT format('%I is a member', pg_get_userbyid(a.member))
            FROM pg_auth_members AS a
            WHERE a.roleid = r.oid AND pg_get_userbyid(a.member) <> m.created_by
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
            UNION ALL
            SELECT format('%I has it since', pg_get_userbyid(n.nspowner))
            FROM pg_namespace AS n
            WHERE m.kind = 'owner' AND n.nspname = m.name AND n.nspowner IS DISTINCT FROM to_regrole('mcp_owner')::oid
            UNION ALL
            SELECT 'it has been changed since'
            FROM pg_namespace AS n
            WHERE m.kind = 'comment' AND n.nspname = m.name
                AND obj_description(n.oid, 'pg_namespace') IS DISTINCT FROM $3::text
        ) AS o (reason)) END AS obstacle
FROM candidate AS m
LEFT JOIN pg_roles AS r ON m.kind = 'role' AND r.rolname = m.name
WHERE CASE m.kind
    WHEN 'role' THEN r.oid IS NOT NULL
    WHEN 'extension' THEN EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = m.name)
    ELSE to_regnamespace(quote_ident(m.name)) IS NOT NULL
        -- The right to use a schema goes with one that was made.
        AND NOT (
            m.kind = 'usage'
            AND EXISTS (SELECT FROM recorded AS o WHERE o.kind = 'schema' AND o.name = m.name))
END
ORDER BY m.kind, m.name, m.detail
