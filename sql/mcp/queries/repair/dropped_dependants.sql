-- What hangs on the functions $1 and the relations $2, which are dropped together, and does not go with them by itself:
-- what it is, a line break, and the statement that drops it. What in turn depends on something has a higher count, and is
-- to be dropped before it.
WITH RECURSIVE root (classid, objid) AS (
    SELECT 'pg_proc'::regclass::oid, to_regprocedure(f.name)::oid FROM unnest($1::text[]) AS f (name)
    UNION ALL
    SELECT 'pg_class'::regclass::oid, to_regclass(r.name)::oid FROM unnest($2::text[]) AS r (name)
), hanging (classid, objid, objsubid, depth, is_own) AS (
    SELECT r.classid, r.objid, 0, 0, true FROM root AS r WHERE r.objid IS NOT NULL
    UNION
    SELECT n.classid, n.objid, n.objsubid, h.depth + 1, d.deptype = 'i' AND w.oid IS NULL
    FROM hanging AS h
    JOIN pg_depend AS d ON d.refclassid = h.classid AND d.refobjid = h.objid
    -- A view is what its rule reads.
    LEFT JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid AND w.rulename = '_RETURN'
    CROSS JOIN LATERAL (
        SELECT CASE WHEN w.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END,
            coalesce(w.ev_class, d.objid), CASE WHEN w.oid IS NULL THEN d.objsubid ELSE 0 END
    ) AS n (classid, objid, objsubid)
    WHERE h.objsubid = 0 AND h.depth < 32
        AND h.classid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
        -- A generated column would go without a word.
        AND (d.deptype IN ('n', 'i') OR d.classid = 'pg_class'::regclass AND d.objsubid > 0)
        AND (n.classid, n.objid) <> (h.classid, h.objid)
        AND (n.classid, n.objid) NOT IN (SELECT r.classid, r.objid FROM root AS r WHERE r.objid IS NOT NULL)
)
SELECT translate(o.what, E'\n', ' ') || E'\n' || o.statement AS value, max(o.depth)::bigint AS count
FROM (
    SELECT h.depth,
        CASE WHEN a.attgenerated <> ''
            THEN format('generated column %I of %s', a.attname, a.attrelid::regclass)
            ELSE concat_ws(' ', o.type, o.identity)
        END AS what,
        CASE
            WHEN k.conrelid <> 0 THEN format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
            WHEN k.oid IS NOT NULL THEN format('ALTER DOMAIN %s DROP CONSTRAINT %I', k.contypid::regtype, k.conname)
            WHEN x.oid IS NOT NULL AND a.attgenerated = ''
                THEN format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', a.attrelid::regclass, a.attname)
            WHEN a.attrelid IS NOT NULL THEN format('ALTER TABLE %s DROP COLUMN %I', a.attrelid::regclass, a.attname)
            ELSE format('DROP %s %s', upper(o.type), o.identity)
        END AS statement
    FROM hanging AS h
    CROSS JOIN LATERAL pg_identify_object(h.classid, h.objid, h.objsubid) AS o
    LEFT JOIN pg_constraint AS k ON h.classid = 'pg_constraint'::regclass AND k.oid = h.objid
    LEFT JOIN pg_attrdef AS x ON h.classid = 'pg_attrdef'::regclass AND x.oid = h.objid
    LEFT JOIN pg_attribute AS a ON (a.attrelid, a.attnum) = (x.adrelid, x.adnum)
        OR h.classid = 'pg_class'::regclass AND h.objsubid > 0 AND (a.attrelid, a.attnum) = (h.objid, h.objsubid)
    LEFT JOIN pg_class AS c ON h.classid = 'pg_class'::regclass AND c.oid = h.objid
    LEFT JOIN pg_trigger AS g ON h.classid = 'pg_trigger'::regclass AND g.oid = h.objid
    WHERE NOT h.is_own
        -- What a partition has from its parent goes with the parent's.
        AND coalesce(k.conislocal, true) AND coalesce(a.attinhcount, 0) = 0 AND coalesce(g.tgparentid, 0) = 0
        AND NOT coalesce(c.relkind IN ('i', 'I') AND c.relispartition, false)
) AS o
GROUP BY 1
