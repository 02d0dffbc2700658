-- Part of presence.sql and may_meet_others.sql: what in the expressions of indexes, CHECKs, statistics, defaults and the
-- partition key of the table near.oid is not the server's own. Whoever owned it, or what it was a partition of, may have left
-- that there.
SELECT d.refclassid, d.refobjid
FROM (
    SELECT 'pg_class'::regclass AS class, i.indexrelid AS oid
    FROM pg_index AS i
    WHERE i.indrelid = near.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint AS k WHERE k.conrelid = near.oid AND k.contype = 'c'
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid FROM pg_statistic_ext AS s WHERE s.stxrelid = near.oid
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid FROM pg_attrdef AS d WHERE d.adrelid = near.oid
    UNION ALL
    SELECT 'pg_class'::regclass, k.partrelid
    FROM pg_partitioned_table AS k
    WHERE k.partrelid = near.oid AND k.partexprs IS NOT NULL
) AS part
-- Not a join that could begin with all that there is of users' own functions.
CROSS JOIN LATERAL (
    SELECT d.refclassid, d.refobjid
    FROM pg_depend AS d
    WHERE d.classid = part.class AND d.objid = part.oid AND d.refobjid >= 16384
        AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass)
    OFFSET 0
) AS d
