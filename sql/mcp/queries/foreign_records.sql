-- The table in which golang-migrate records the state of the schema: $1 where it is named (a row only if it has the tool's
-- columns), else every schema_migrations with these columns in schema mcp, and where the tool puts it by itself. Its owner
-- is NULL for a superuser.
SELECT n.nspname AS schema, c.relname AS name, CASE WHEN NOT o.rolsuper THEN o.rolname END AS owner
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_roles AS o ON o.oid = c.relowner
WHERE c.relkind = 'r'
    AND CASE
        WHEN $1::text IS NULL THEN c.relname = 'schema_migrations' AND n.nspname IN ('mcp', 'public')
        ELSE c.oid = to_regclass($1)
    END
    AND (
        SELECT array_agg(a.attname::text ORDER BY a.attname)
        FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) = ARRAY['dirty', 'version']
ORDER BY 1, 2
