-- Which columns hold rows of the table $1 or of its partitions, be it in arrays, domains or other types: while there is one,
-- the server adds no column with a default to the table, and changes no type in it. What it is, a line break, and the
-- statement that drops it; a temporary table, which nobody but its session may change, goes whole.
WITH RECURSIVE holder (type) AS (
    SELECT c.reltype
    FROM pg_class AS c
    WHERE c.oid = to_regclass($1) OR c.oid IN (SELECT t.relid FROM pg_partition_tree(to_regclass($1)) AS t)
    UNION
    SELECT y.oid
    FROM holder AS h
    CROSS JOIN LATERAL (
        SELECT y.oid FROM pg_type AS y WHERE h.type IN (y.typelem, y.typbasetype)
        UNION ALL
        SELECT r.rngtypid FROM pg_range AS r WHERE r.rngsubtype = h.type
        UNION ALL
        -- Of a composite type or a view, which have no rows of their own.
        SELECT c.reltype
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE a.atttypid = h.type AND NOT a.attisdropped AND c.relkind NOT IN ('r', 'p', 'm') AND c.reltype <> 0
    ) AS y
)
SELECT translate(u.what, E'\n', ' ') || E'\n' || u.statement AS value, 1::bigint AS count
FROM (
    SELECT format('column %I of %s, which belongs to %I', a.attname, c.oid::regclass, pg_get_userbyid(c.relowner)) AS what,
        CASE
            WHEN c.relpersistence = 't' THEN format('DROP TABLE %s', c.oid::regclass)
            WHEN c.relkind = 'm' THEN format('DROP MATERIALIZED VIEW %s', c.oid::regclass)
            ELSE format('ALTER TABLE %s DROP COLUMN %I', c.oid::regclass, a.attname)
        END AS statement
    FROM holder AS h
    JOIN pg_attribute AS a ON a.atttypid = h.type AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm')
) AS u
ORDER BY 1
