-- Indexes and constraints that the tables $1 (oids) have of their own, and not from their parents: what neither LIKE nor
-- ATTACH gives a new partition. An index that a constraint made is told as the constraint. Without the names, which have
-- the table's in them, a definition can be compared.
SELECT
    i.indrelid AS oid,
    'index' AS kind,
    c.relname AS name,
    CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END
        || regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING ', 'USING ') AS definition
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY ($1::oid[])
    AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
UNION ALL
SELECT k.conrelid, 'constraint', k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint AS k
-- NOT NULL apart, which 18 keeps here and older servers do not; and constraint triggers, which are read as triggers.
WHERE k.conrelid = ANY ($1::oid[]) AND k.contype IN ('c', 'u', 'p', 'x', 'f')
    AND k.coninhcount = 0 AND k.conparentid = 0
ORDER BY 1, 2, 3
