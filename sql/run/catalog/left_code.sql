-- Code of others in the indexes and extended statistics of the relations $1 (oids) and, where $2 is true, of all that is below
-- them: the first found of each in $1. ANALYZE and REFRESH run it as the owner of the relation, and who owns that now need not
-- have made them: a former owner may have, with a function that is still his.
WITH RECURSIVE relations (table_oid, oid) AS (
    SELECT c.oid, c.oid FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])
    UNION
    SELECT r.table_oid, h.inhrelid FROM relations AS r JOIN pg_inherits AS h ON h.inhparent = r.oid WHERE $2::boolean
),
callers (table_oid, oid, class, part) AS (
    SELECT r.table_oid, r.oid, 'pg_class'::regclass, i.indexrelid
    FROM relations AS r
    JOIN pg_index AS i ON i.indrelid = r.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
    UNION ALL
    SELECT r.table_oid, r.oid, 'pg_statistic_ext'::regclass, s.oid
    FROM relations AS r
    JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid AND s.stxexprs IS NOT NULL
),
used AS MATERIALIZED (
    SELECT c.table_oid, c.oid, c.class, c.part, d.refclassid, d.refobjid
    FROM callers AS c
    JOIN pg_depend AS d ON d.classid = c.class AND d.objid = c.part AND d.objsubid = 0
),
reached (root_class, root, refclassid, refobjid) AS (
    -- include run/catalog/reached
),
called AS (
    -- include run/catalog/code_owners
)
SELECT DISTINCT ON (c.table_oid)
    c.table_oid,
    n.nspname AS schema,
    r.relname AS name,
    pg_get_userbyid(r.relowner) AS owner,
    pg_describe_object(c.class, c.part, 0) AS caller,
    pg_describe_object(c.refclassid, c.refobjid, 0) AS code,
    pg_get_userbyid(c.owner) AS code_owner
FROM called AS c
JOIN pg_class AS r ON r.oid = c.oid
JOIN pg_namespace AS n ON n.oid = r.relnamespace
WHERE c.owner <> r.relowner
ORDER BY c.table_oid, n.nspname, r.relname, 5, 6
