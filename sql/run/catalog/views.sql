-- The materialized views in the schemas $1, those called $2.$3, pairwise, and all views that they read (one that is not
-- watched can stand between two that are), with what decides how a materialized one can be refreshed. Of no others, which
-- anybody can make in any number. What each reads itself: all that it reaches would be as many rows as there are pairs.
WITH RECURSIVE views AS (
    SELECT c.oid, c.relkind, c.relnamespace, c.relname, c.relowner, c.relispopulated
    FROM pg_class AS c
    WHERE c.relkind IN ('m', 'v')
),
reads AS (
    SELECT DISTINCT r.ev_class AS reader, d.refobjid AS read
    FROM pg_rewrite AS r
    JOIN pg_depend AS d
        ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    JOIN views AS v ON v.oid = d.refobjid
    WHERE d.refobjid <> r.ev_class
),
needed (oid) AS (
    SELECT v.oid
    FROM views AS v
    JOIN pg_namespace AS n ON n.oid = v.relnamespace
    WHERE v.relkind = 'm'
        AND (n.nspname = ANY ($1::text[])
            OR (n.nspname, v.relname) IN (SELECT w.schema, w.name FROM unnest($2::text[], $3::text[]) AS w (schema, name)))
    UNION
    SELECT r.read FROM needed AS d JOIN reads AS r ON r.reader = d.oid
),
unpinned AS (
    SELECT DISTINCT r.ev_class AS node, left(f.oid::regprocedure::text, 200) AS name
    FROM pg_rewrite AS r
    JOIN pg_depend AS d
        ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
    JOIN pg_proc AS f ON f.oid = d.refobjid
    JOIN pg_language AS l ON l.oid = f.prolang
    WHERE r.ev_class IN (SELECT d.oid FROM needed AS d)
        AND l.lanname NOT IN ('internal', 'c') AND f.prosqlbody IS NULL
        AND NOT EXISTS (
            SELECT FROM unnest(f.proconfig) AS s (setting) WHERE s.setting LIKE 'search\_path=%'
        )
)
SELECT
    v.oid,
    v.relkind = 'm' AS is_materialized,
    n.nspname AS schema,
    v.relname AS name,
    pg_get_userbyid(v.relowner) AS owner,
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = v.relowner) IS TRUE AS owner_is_superuser,
    pg_has_role(
        v.relowner, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
    ) AS may_act_as_owner,
    -- MAINTAIN came with 17.
    current_setting('server_version_num')::integer >= 170000
        -- NULL of a view that was dropped meanwhile: the function does not follow the snapshot.
        AND coalesce(
            has_table_privilege(
                v.oid,
                CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN 'MAINTAIN' ELSE 'SELECT' END
            ),
            false
        ) AS may_maintain,
    v.relispopulated AS is_populated,
    refreshable.*,
    foreign_schema.name AS foreign_schema,
    foreign_schema.owner AS foreign_schema_owner,
    -- Only superusers may lock rows of catalogs, and keep the schema as it is.
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) AS may_pin_schema,
    coalesce(direct.views, '{}') AS reads,
    -- Functions in SQL or another language whose body finds names by the search_path of its caller.
    coalesce(functions.names[:20], '{}') AS unpinned_functions
FROM views AS v
JOIN pg_namespace AS n ON n.oid = v.relnamespace
CROSS JOIN LATERAL (
    -- include run/catalog/refreshable
) AS refreshable
LEFT JOIN LATERAL (
    SELECT v.relnamespace, v.relowner
) AS t ON true
LEFT JOIN LATERAL (
    -- include run/catalog/foreign_schema
) AS foreign_schema ON true
LEFT JOIN (
    SELECT r.reader, array_agg(r.read ORDER BY r.read) AS views FROM reads AS r GROUP BY r.reader
) AS direct ON direct.reader = v.oid
LEFT JOIN (
    SELECT u.node, array_agg(u.name ORDER BY u.name) AS names FROM unpinned AS u GROUP BY u.node
) AS functions ON functions.node = v.oid
WHERE v.oid IN (SELECT d.oid FROM needed AS d)
ORDER BY n.nspname, v.relname
