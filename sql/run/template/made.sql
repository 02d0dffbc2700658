-- The partition $1.$2 of the table $3 (oid), and whose it is; no row where what has that name is no partition of it.
SELECT c.oid, pg_get_userbyid(c.relowner) AS owner
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_inherits AS h ON h.inhrelid = c.oid AND h.inhparent = $3::oid
WHERE n.nspname = $1::text AND c.relname = $2::text AND c.relkind = 'r'
