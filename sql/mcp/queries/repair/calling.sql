-- Tables of schema mcp of which whoever reads them may run a function that is not the server's own, whosever it is by now:
-- the planner computes expressions and predicates of indexes, CHECKs, statistics and partition keys, and values of columns
-- have domains and casts. In C they are the server's or a superuser's making. A partition counts for what it is part of.
WITH relation AS (
    SELECT c.oid
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace('mcp') AND c.relkind IN ('r', 'p')
),
part (relation, class, object) AS MATERIALIZED (
    -- Of the table itself the types of its columns, and what its partition key calls.
    SELECT r.oid, 'pg_class'::regclass, r.oid FROM relation AS r
    UNION ALL
    SELECT r.oid, 'pg_class'::regclass, i.indexrelid FROM relation AS r JOIN pg_index AS i ON i.indrelid = r.oid
    UNION ALL
    SELECT r.oid, 'pg_constraint'::regclass, k.oid FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid
    UNION ALL
    SELECT r.oid, 'pg_statistic_ext'::regclass, s.oid FROM relation AS r JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid
    UNION ALL
    -- A virtual one is computed when it is read.
    SELECT r.oid, 'pg_attrdef'::regclass, d.oid
    FROM relation AS r
    JOIN pg_attrdef AS d ON d.adrelid = r.oid
    JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated <> ''
),
used AS (
    SELECT DISTINCT p.relation, d.refclassid, d.refobjid
    FROM part AS p
    CROSS JOIN LATERAL (
        SELECT x.refclassid, x.refobjid
        FROM pg_depend AS x
        -- The first that initdb does not give out.
        WHERE x.classid = p.class AND x.objid = p.object AND x.refobjid >= 16384
        -- By the parts: without statistics of a new catalog the server takes all of pg_depend for one row.
        OFFSET 0
    ) AS d
),
called (relation, function) AS (
    SELECT u.relation, u.refobjid FROM used AS u WHERE u.refclassid = 'pg_proc'::regclass
    UNION
    SELECT u.relation, o.oprcode
    FROM used AS u
    JOIN pg_operator AS o ON u.refclassid = 'pg_operator'::regclass AND o.oid = u.refobjid
    UNION
    SELECT u.relation, c.castfunc
    FROM used AS u
    JOIN pg_cast AS c ON u.refclassid = 'pg_type'::regclass AND u.refobjid IN (c.castsource, c.casttarget)
),
calling AS (
    SELECT c.relation
    FROM called AS c
    JOIN pg_proc AS f ON f.oid = c.function
    JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
    UNION
    -- What is made of others has all that these have.
    SELECT u.relation
    FROM used AS u
    JOIN pg_type AS t ON u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid
    LEFT JOIN pg_type AS e ON e.oid = t.typelem
    WHERE coalesce(e.typtype, t.typtype) NOT IN ('b', 'e')
)
SELECT DISTINCT t.relname AS name
FROM calling AS c
CROSS JOIN LATERAL (
    SELECT c.relation
    UNION
    SELECT a.relid FROM pg_partition_ancestors(c.relation) AS a
) AS w (oid)
JOIN pg_class AS t ON t.oid = w.oid
