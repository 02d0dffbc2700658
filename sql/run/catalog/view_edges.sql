-- Part of the query on what views are made of: what the node d (class, oid) leads to, as far as a query, a function or an
-- operator can be reached from there. Whose dependencies are the node's own: a view's are those of its rule and of its
-- indexes, a domain's those of its CHECKs. Of a function pg_depend has what it reads only if its body is BEGIN ATOMIC.
SELECT DISTINCT p.refclassid AS class, p.refobjid AS oid
FROM (
    SELECT d.class, d.oid WHERE d.class <> 'pg_class'::regclass
    UNION ALL
    SELECT 'pg_rewrite'::regclass, r.oid
    FROM pg_rewrite AS r
    WHERE d.class = 'pg_class'::regclass AND r.ev_class = d.oid
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid
    FROM pg_index AS i
    WHERE d.class = 'pg_class'::regclass AND i.indrelid = d.oid
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid
    FROM pg_constraint AS k
    WHERE d.class = 'pg_type'::regclass AND k.contypid = d.oid
    UNION ALL
    -- The columns of a composite type.
    SELECT 'pg_class'::regclass, t.typrelid
    FROM pg_type AS t
    WHERE d.class = 'pg_type'::regclass AND t.oid = d.oid AND t.typrelid <> 0
    UNION ALL
    -- Comparisons of a sort, which are found by the family of its operator or by the class of an index.
    SELECT 'pg_amproc'::regclass, m.oid
    FROM pg_amop AS o
    JOIN pg_amproc AS m ON m.amprocfamily = o.amopfamily
    WHERE d.class = 'pg_operator'::regclass AND o.amopopr = d.oid
    UNION ALL
    SELECT 'pg_amproc'::regclass, m.oid
    FROM pg_opclass AS k
    JOIN pg_amproc AS m ON m.amprocfamily = k.opcfamily
    WHERE d.class = 'pg_opclass'::regclass AND k.oid = d.oid
) AS part (class, oid)
-- By its index, for each: the planner expects many, and would read all of pg_depend for each node.
CROSS JOIN LATERAL (
    SELECT own.refclassid, own.refobjid
    FROM pg_depend AS own
    WHERE own.classid = part.class AND own.objid = part.oid
    OFFSET 0
) AS p
LEFT JOIN pg_class AS c ON p.refclassid = 'pg_class'::regclass AND c.oid = p.refobjid
WHERE (
        p.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass)
        -- A type of rows depends on its view, and reads nothing of it.
        OR c.relkind IN ('m', 'v') AND part.class IN ('pg_rewrite'::regclass, 'pg_proc'::regclass)
    )
    AND (p.refclassid, p.refobjid) <> (d.class, d.oid)
