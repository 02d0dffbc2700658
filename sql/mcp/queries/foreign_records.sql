-- The table in which golang-migrate records the state of the schema: $1 where it is named (a row only if it has the tool's
-- columns), else every schema_migrations with these columns in schema mcp, and where the tool puts it by itself. Its owner
-- is NULL for a superuser. And the first thing that it has beyond what the tool makes, which may run code when it is read or
-- written: NULL for none.
SELECT n.nspname AS schema, c.relname AS name, c.oid::bigint AS oid, CASE WHEN NOT o.rolsuper THEN o.rolname END AS owner,
    (
        SELECT min(f.what)
        FROM (
            SELECT format('column %I of type %s', a.attname, format_type(a.atttypid, a.atttypmod)) AS what
            FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.atttypid <> ALL (ARRAY['bigint', 'integer', 'smallint', 'boolean']::regtype[])
            UNION ALL
            SELECT format('%s for column %I', CASE a.attgenerated WHEN '' THEN 'a default' ELSE 'an expression' END, a.attname)
            FROM pg_attrdef AS d
            JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = c.oid
            UNION ALL
            SELECT format('constraint %I', k.conname)
            FROM pg_constraint AS k
            WHERE k.conrelid = c.oid AND k.contype NOT IN ('n', 'p', 'u')
            UNION ALL
            SELECT format('index %s with an expression or a condition', i.indexrelid::regclass)
            FROM pg_index AS i
            WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
            UNION ALL
            -- Whoever has a foreign key to it has code run when it is written.
            SELECT CASE WHEN t.tgisinternal THEN format('a foreign key of %s', t.tgconstrrelid::regclass)
                ELSE format('trigger %I', t.tgname) END
            FROM pg_trigger AS t
            WHERE t.tgrelid = c.oid
            UNION ALL
            SELECT format('rule %I', w.rulename) FROM pg_rewrite AS w WHERE w.ev_class = c.oid
            UNION ALL
            SELECT format('policy %I', p.polname) FROM pg_policy AS p WHERE p.polrelid = c.oid
            UNION ALL
            SELECT format('statistics %I', s.stxname) FROM pg_statistic_ext AS s WHERE s.stxrelid = c.oid
            UNION ALL
            SELECT format('inheritance between it and %s', CASE i.inhrelid WHEN c.oid THEN i.inhparent ELSE i.inhrelid END::regclass)
            FROM pg_inherits AS i
            WHERE c.oid IN (i.inhrelid, i.inhparent)
            UNION ALL
            SELECT format('%s, which is not the server''s',
                pg_describe_object(u.refclassid, u.refobjid, 0))
            FROM pg_depend AS u
            WHERE u.classid = 'pg_class'::regclass
                AND u.objid IN (SELECT c.oid UNION ALL SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid)
                AND u.refclassid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_namespace'::regclass)
        ) AS f
    ) AS excess
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
