-- Part of presence.sql and may_meet_others.sql: whether writing to the table t (a row of pg_class) may run code of others by
-- what the table is made of, its expressions apart.
t.relhasrules OR EXISTS (
    SELECT FROM pg_attribute AS a
    WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384
) OR (t.relispartition OR t.relkind = 'p') AND EXISTS (
    SELECT
    FROM pg_partitioned_table AS k
    WHERE k.partexprs IS NOT NULL
        AND k.partrelid = ANY (ARRAY(SELECT u.relid::oid FROM pg_partition_ancestors(t.oid) AS u))
) OR t.relhastriggers AND EXISTS (
    SELECT
    FROM pg_trigger AS g
    LEFT JOIN pg_proc AS f ON f.oid = g.tgfoid AND NOT g.tgisinternal AND g.tgqual IS NULL AND g.tgnargs = 0
    LEFT JOIN pg_constraint AS k ON k.oid = g.tgconstraint AND k.contype = 'f' AND k.conrelid = t.oid
        AND k.confrelid <> t.oid
    LEFT JOIN pg_class AS o ON o.oid = k.confrelid
    WHERE g.tgrelid = t.oid AND (f.proowner = t.relowner) IS NOT TRUE
        AND (o.relowner = t.relowner AND NOT o.relhassubclass AND NOT o.relispartition AND NOT EXISTS (
            SELECT FROM pg_attribute AS a
            WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey) AND a.atttypid >= 16384)) IS NOT TRUE
)
