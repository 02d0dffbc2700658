-- What has the name $2 in the schema $1, and the facts do not tell: indexes of partitions, what belongs to an extension,
-- sequences of columns, types that come with others. What it is, a line break, and the statement that calls it $3. $4:
-- among the names of relations, $5: among those of types.
SELECT translate(o.what, E'\n', ' ') || E'\n' || o.statement AS value, 1::bigint AS count
FROM (
    SELECT CASE WHEN i.indrelid IS NOT NULL
            THEN format('an index of a partition: %s of %s', c.oid::regclass, i.indrelid::regclass)
            ELSE 'the ' || pg_describe_object('pg_class'::regclass, c.oid, 0)
        END AS what,
        format('ALTER %s %s RENAME TO %I',
            CASE c.relkind WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE'
            END,
            c.oid::regclass, $3::text) AS statement
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
    LEFT JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE $4::boolean AND n.nspname = $1 AND c.relname = $2
        -- Those of other tables are facts, and an object's own index may be there already.
        AND (t.oid IS NULL OR t.relispartition)
    UNION ALL
    SELECT 'the ' || pg_describe_object('pg_type'::regclass, y.oid, 0),
        format('ALTER TYPE %s RENAME TO %I', y.oid::regtype, $3::text)
    FROM pg_type AS y
    JOIN pg_namespace AS n ON n.oid = y.typnamespace
    WHERE $5::boolean AND n.nspname = $1 AND y.typname = $2 AND y.typrelid = 0
        -- The server gives an array another name by itself.
        AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = y.oid)
) AS o
