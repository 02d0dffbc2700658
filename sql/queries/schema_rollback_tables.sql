-- The tables of the schema, without their partitions.
SELECT n.nspname AS schema, c.relname AS name
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'mcp' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
