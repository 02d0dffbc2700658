-- The tables of schema $1, plain and partitioned, and their partitions there; and its views.
SELECT n.nspname AS schema, c.relname AS name, c.oid::bigint AS oid, c.relkind = 'v' AS is_view
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1::text AND c.relkind IN ('r', 'p', 'v')
