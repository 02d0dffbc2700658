-- Code of others that ANALYZE and REFRESH of the relations $1 (oids) run as the owner of the relation, and where $2 is true of
-- all that is below them: the first found of each in $1. It is in their indexes and extended statistics, and in the range types
-- of their columns, which say how far two values are apart. Who owns a relation now need not have made these: a former owner
-- may have, with a function that is still his.
WITH RECURSIVE relations (table_oid, oid) AS (
    SELECT c.oid, c.oid FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])
    UNION
    SELECT r.table_oid, h.inhrelid FROM relations AS r JOIN pg_inherits AS h ON h.inhparent = r.oid WHERE $2::boolean
),
callers (table_oid, oid, class, part, tree) AS (
    SELECT r.table_oid, r.oid, 'pg_class'::regclass, i.indexrelid, concat(i.indexprs, i.indpred)
    FROM relations AS r
    JOIN pg_index AS i ON i.indrelid = r.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
    UNION ALL
    SELECT r.table_oid, r.oid, 'pg_statistic_ext'::regclass, s.oid, s.stxexprs::text
    FROM relations AS r
    JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid AND s.stxexprs IS NOT NULL
),
-- Indexes are made anew by a refresh, columns analyzed. What their types are made of may be a range.
measured (table_oid, oid, part, refclassid, refobjid) AS (
    SELECT r.table_oid, r.oid, part.oid, 'pg_type'::regclass, a.atttypid
    FROM relations AS r
    JOIN pg_class AS c ON c.oid = r.oid
    CROSS JOIN LATERAL (
        SELECT i.indexrelid AS oid FROM pg_index AS i WHERE i.indrelid = r.oid
        UNION ALL
        SELECT r.oid WHERE c.relkind <> 'm' OR EXISTS (
            SELECT FROM pg_statistic_ext AS s WHERE s.stxrelid = r.oid AND s.stxexprs IS NOT NULL
        )
    ) AS part
    JOIN pg_attribute AS a ON a.attrelid = part.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384
    UNION
    SELECT u.table_oid, u.oid, u.part, made_of.class, made_of.oid
    FROM measured AS u
    CROSS JOIN LATERAL (
        -- include run/catalog/made_of
    ) AS made_of
    WHERE u.refclassid = 'pg_type'::regclass AND made_of.oid >= 16384
),
used AS MATERIALIZED (
    SELECT c.table_oid, c.oid, c.class, c.part, d.refclassid, d.refobjid
    FROM callers AS c
    JOIN pg_depend AS d ON d.classid = c.class AND d.objid = c.part AND d.objsubid = 0
    UNION
    SELECT m.table_oid, m.oid, 'pg_class'::regclass, m.part, m.refclassid, m.refobjid
    FROM measured AS m
    JOIN pg_range AS r ON r.rngtypid = m.refobjid
    WHERE m.refclassid = 'pg_type'::regclass
),
reached (root_class, root, refclassid, refobjid) AS (
    -- include run/catalog/reached
),
called AS (
    (
        -- include run/catalog/code_owners
    )
    UNION ALL
    (
        -- include run/catalog/cast_types
    )
    UNION ALL
    SELECT c.table_oid, c.oid, c.class, c.part, 'pg_proc'::regclass, running.oid, 0
    FROM callers AS c
    CROSS JOIN LATERAL (
        -- include run/catalog/running_texts
    ) AS running
    WHERE NOT running.only_casts
)
SELECT DISTINCT ON (c.table_oid)
    c.table_oid,
    n.nspname AS schema,
    r.relname AS name,
    pg_get_userbyid(r.relowner) AS owner,
    pg_describe_object(c.class, c.part, 0) AS caller,
    pg_describe_object(c.refclassid, c.refobjid, 0) AS code,
    CASE c.owner WHEN 0 THEN 'whoever has owned it' ELSE pg_get_userbyid(c.owner) END AS code_owner
FROM called AS c
JOIN pg_class AS r ON r.oid = c.oid
JOIN pg_namespace AS n ON n.oid = r.relnamespace
WHERE c.owner <> r.relowner
ORDER BY c.table_oid, n.nspname, r.relname, 5, 6
