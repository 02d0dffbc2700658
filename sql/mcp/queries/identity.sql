-- The schema of the name $1: its OID, and the transaction that has written its row, by which a schema that was renamed and
-- renamed back is told from one that was not.
SELECT n.oid::bigint AS oid, n.xmin::text AS version FROM pg_namespace AS n WHERE n.nspname = $1::text
