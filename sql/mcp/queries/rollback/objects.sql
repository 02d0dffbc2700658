-- What would be dropped by name: of the objects that the migrations make, of the kinds $1 and with the names $2,
-- pairwise, those that stand in the schema, the partitions of its tables, which go with them, and pgtend's own record.
-- What else stands in the schema is somebody else's. The owner is that of a relation; NULL for a superuser.
WITH RECURSIVE wanted AS (
    -- The types of extensions are written with a schema, which need not be the one that they have here.
    SELECT w.kind, regexp_replace(w.name, '([(, ])\w+\.', '\1', 'g') AS name
    FROM unnest($1::text[], $2::text[]) AS w (kind, name)
),
relations (kind, oid, is_detaching) AS (
    SELECT w.kind, c.oid, false
    FROM wanted AS w
    JOIN pg_class AS c ON c.relname = w.name AND c.relnamespace = to_regnamespace('mcp')
        AND c.relkind = ANY (
            CASE w.kind WHEN 'view' THEN '{v}' WHEN 'materialized view' THEN '{m}' ELSE '{r,p}' END::"char"[])
    WHERE w.kind IN ('table', 'view', 'materialized view')
    UNION ALL
    SELECT 'partition', c.oid, i.inhdetachpending
    FROM relations AS r
    JOIN pg_inherits AS i ON i.inhparent = r.oid
    JOIN pg_class AS c ON c.oid = i.inhrelid AND c.relispartition
)
SELECT r.kind, n.nspname AS schema, c.relname AS name,
    'pg_class'::regclass::oid::bigint AS class, c.oid::bigint AS object, CASE WHEN NOT o.rolsuper THEN o.rolname END AS owner,
    r.is_detaching
FROM relations AS r
JOIN pg_class AS c ON c.oid = r.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_roles AS o ON o.oid = c.relowner
UNION ALL
SELECT 'function', 'mcp', p.proname, 'pg_proc'::regclass::oid::bigint, p.oid::bigint, NULL, false
FROM wanted AS w
JOIN pg_proc AS p ON p.pronamespace = to_regnamespace('mcp')
WHERE w.kind = 'function' AND p.prokind = 'f'
    AND w.name = format('%s(%s)', p.proname, (
        SELECT string_agg(regexp_replace(format_type(a.type, NULL), '^("([^"]|"")+"|\w+)\.', ''), ', ' ORDER BY a.place)
        FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)))
UNION ALL
SELECT 'type', 'mcp', t.typname, 'pg_type'::regclass::oid::bigint, t.oid::bigint, NULL, false
FROM wanted AS w
JOIN pg_type AS t ON t.typname = w.name AND t.typnamespace = to_regnamespace('mcp')
WHERE w.kind = 'type' AND t.typtype = 'e'
UNION ALL
SELECT 'record', 'pgtend', c.relname, 'pg_class'::regclass::oid::bigint, c.oid::bigint, NULL, false
FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace('pgtend')
    AND c.relname IN ('schema_migrations', 'schema_steps', 'created_objects')
ORDER BY 1, 3
