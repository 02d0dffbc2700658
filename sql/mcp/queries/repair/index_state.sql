-- Whether the index $2 of schema $1 is there, and can be used.
SELECT i.indisvalid AS is_valid
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1::text AND c.relname = $2::text
