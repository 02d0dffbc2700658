-- The partition keys of the tables $1 (oids), as text. To be shown: an expression may be of any length.
SELECT
    p.partrelid AS oid,
    left(substring(pg_get_partkeydef(p.partrelid) FROM '^\w+ \((.*)\)$'), 1000) AS definition
FROM pg_partitioned_table AS p
WHERE p.partrelid = ANY ($1::oid[])
    -- To print an expression the server locks its table, and would wait behind whoever holds it.
    AND NOT EXISTS (
        SELECT FROM pg_locks AS l WHERE l.relation = p.partrelid AND l.mode = 'AccessExclusiveLock' AND l.granted
    )
