-- Code of other owners that attaching a partition to the tables $1 (oids) would run with the rights of their owner: the
-- first found of each table. What writing rows runs, sql/run/statistics/foreign_code.sql asks.
--
-- Attaching scans the DEFAULT partition and the partitions of that, and counts rows against the tables that foreign keys
-- of $1 refer to. It plans that, which computes what is constant in the predicates and expressions of indexes, in CHECKs,
-- partition keys and statistics. Keys are compared by the casts of their types, which count with all that they are made of.
--
-- Where $2 is true, what another owner has beside the table comes first if this transaction has not locked it: code could
-- come while somebody waits for the lock. It has no caller then.
--
-- Trusted is what belongs to a superuser, whose code may run as anyone, or to the owner of the table in $1. Whether it
-- stands in an extension proves nothing: its owner may replace it. Of other types only domains run code here.
WITH RECURSIVE work AS (
    SELECT c.oid AS table_oid, c.relowner AS role FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])
),
around (table_oid, role, oid) AS (
    SELECT w.table_oid, w.role, p.partdefid
    FROM work AS w
    JOIN pg_partitioned_table AS p ON p.partrelid = w.table_oid
    UNION
    -- One row for each partition of the table that is referred to, too.
    SELECT w.table_oid, w.role, f.confrelid
    FROM work AS w
    JOIN pg_constraint AS f ON f.contype = 'f' AND f.conrelid = w.table_oid
    UNION
    SELECT a.table_oid, a.role, further.oid
    FROM around AS a
    CROSS JOIN LATERAL (
        SELECT h.inhrelid AS oid
        FROM pg_partitioned_table AS p
        JOIN pg_inherits AS h ON h.inhparent = p.partrelid
        WHERE p.partrelid = a.oid
        UNION ALL
        -- What a policy that binds the owner reads, and so on.
        SELECT d.refobjid
        FROM pg_class AS c
        JOIN pg_policy AS p ON p.polrelid = c.oid
        JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
        WHERE c.oid = a.oid AND c.relforcerowsecurity
        UNION ALL
        SELECT d.refobjid
        FROM pg_rewrite AS r
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        WHERE r.ev_class = a.oid
    ) AS further
),
-- What belongs to others, and what somebody else may put indexes on since it is beneath a table of his: the code is his.
-- What is the owner's own comes as well, and the table itself, whose indexes, CHECKs and statistics its partition gets: it may
-- once have been another's, or beneath another's, who has left some on it.
others AS (
    SELECT
        w.table_oid, w.role, c.oid, c.relkind, w.is_read,
        c.relowner <> w.role AND NOT r.rolsuper OR above.owner IS NOT NULL AS may_get_code,
        -- Whose the code of it is; NULL for the owner's own, of which only what belongs to others counts.
        CASE
            WHEN c.relowner <> w.role AND NOT r.rolsuper THEN c.relowner
            ELSE coalesce(above.owner, nullif(c.relowner, w.role))
        END AS code_owner
    FROM (
        SELECT a.*, true AS is_read FROM around AS a
        UNION ALL
        SELECT m.table_oid, m.role, m.table_oid, false FROM work AS m
    ) AS w
    JOIN pg_class AS c ON c.oid = w.oid
    JOIN pg_roles AS r ON r.oid = c.relowner
    CROSS JOIN LATERAL (
        -- include run/catalog/owner_above
    ) AS above
),
-- What the table is a partition of: attaching computes the keys of that as well, and its owner may put indexes and CHECKs
-- on all that is below.
above (table_oid, role, oid) AS (
    SELECT w.table_oid, w.role, h.inhparent FROM work AS w JOIN pg_inherits AS h ON h.inhrelid = w.table_oid
    UNION
    SELECT a.table_oid, a.role, h.inhparent FROM above AS a JOIN pg_inherits AS h ON h.inhrelid = a.oid
),
callers AS (
    -- The partition keys of a table and of all that it is a partition of are computed for it.
    SELECT
        a.table_oid, a.oid, 'pg_class'::regclass AS class, k.partrelid AS part, k.partexprs::text AS tree,
        nullif(c.relowner, a.role) AS code_owner
    FROM (SELECT * FROM around UNION SELECT w.table_oid, w.role, w.table_oid FROM work AS w) AS a
    JOIN pg_partitioned_table AS k ON k.partexprs IS NOT NULL
        AND k.partrelid = ANY (ARRAY(SELECT u.relid::oid FROM pg_partition_ancestors(a.oid) AS u))
    JOIN pg_class AS c ON c.oid = k.partrelid
    UNION ALL
    SELECT o.table_oid, o.oid, part.class, part.part, part.tree, o.code_owner
    FROM others AS o
    CROSS JOIN LATERAL (
        SELECT 'pg_class'::regclass AS class, i.indexrelid AS part, concat(i.indexprs, i.indpred) AS tree
        FROM pg_index AS i
        WHERE i.indrelid = o.oid AND (o.code_owner IS NOT NULL OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, k.conbin::text
        FROM pg_constraint AS k
        WHERE k.conrelid = o.oid AND k.contype = 'c'
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxexprs::text FROM pg_statistic_ext AS s WHERE s.stxrelid = o.oid
        UNION ALL
        -- Only what is generated, which a predicate may name.
        SELECT 'pg_attrdef'::regclass, d.oid, d.adbin::text
        FROM pg_attrdef AS d
        JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = o.oid AND a.attgenerated <> ''
        UNION ALL
        -- Binds the owner of the table, and that of the parent, who may be a member of his; whoever owned it may have left it.
        SELECT 'pg_policy'::regclass, p.oid, concat(p.polqual, p.polwithcheck)
        FROM pg_policy AS p
        JOIN pg_class AS c ON c.oid = p.polrelid
        WHERE p.polrelid = o.oid AND c.relforcerowsecurity AND o.is_read
        UNION ALL
        -- Views are read by policies alone.
        SELECT 'pg_rewrite'::regclass, r.oid, concat(r.ev_qual, r.ev_action)
        FROM pg_rewrite AS r
        WHERE r.ev_class = o.oid AND o.relkind = 'v'
    ) AS part
),
used AS MATERIALIZED (
    SELECT c.table_oid, c.oid, c.class, c.part, d.refclassid, d.refobjid
    FROM callers AS c
    JOIN pg_depend AS d ON d.classid = c.class AND d.objid = c.part AND d.objsubid = 0
    UNION
    -- Keys of different types are compared by way of a cast, which the owner of the type may make at any time.
    SELECT w.table_oid, w.table_oid, 'pg_constraint'::regclass, f.oid, 'pg_type'::regclass, a.atttypid
    FROM work AS w
    JOIN pg_constraint AS f ON f.contype = 'f' AND f.conrelid = w.table_oid
    CROSS JOIN LATERAL (VALUES (f.conrelid, f.conkey), (f.confrelid, f.confkey)) AS key (relation, columns)
    JOIN pg_attribute AS a ON a.attrelid = key.relation AND a.attnum = ANY (key.columns) AND a.atttypid >= 16384
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
    -- A former owner may have written it where it is the owner's own.
    SELECT c.table_oid, c.oid, c.class, c.part, 'pg_proc'::regclass, running.oid, coalesce(c.code_owner, 0)
    FROM callers AS c
    CROSS JOIN LATERAL (
        -- include run/catalog/running_texts
    ) AS running
    WHERE c.code_owner IS NOT NULL OR NOT running.only_casts
    UNION ALL
    -- By OID: what is called by a name may change until that is locked.
    SELECT o.table_oid, o.oid, NULL, NULL, NULL, NULL, o.code_owner
    FROM others AS o
    WHERE $2::boolean AND o.relkind IN ('r', 'p') AND o.may_get_code
        AND NOT EXISTS (
            SELECT
            FROM pg_locks AS l
            WHERE l.locktype = 'relation' AND l.relation = o.oid AND l.pid = pg_backend_pid() AND l.granted
                AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
                AND l.mode IN ('ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        )
    UNION ALL
    SELECT
        a.table_oid, a.oid, 'pg_class'::regclass, NULL, NULL, NULL, c.relowner
    FROM above AS a
    JOIN pg_class AS c ON c.oid = a.oid
)
SELECT DISTINCT ON (c.table_oid)
    c.table_oid,
    n.nspname AS schema,
    r.relname AS name,
    pg_get_userbyid(r.relowner) AS owner,
    -- NULL for what is not locked.
    CASE WHEN c.class IS NOT NULL AND c.part IS NULL THEN 'partition key, a CHECK or an index'
        ELSE pg_describe_object(c.class, c.part, 0) END AS caller,
    CASE WHEN c.class IS NOT NULL AND c.part IS NULL THEN 'functions'
        ELSE pg_describe_object(c.refclassid, c.refobjid, 0) END AS code,
    CASE c.owner WHEN 0 THEN 'whoever has owned it' ELSE pg_get_userbyid(c.owner) END AS code_owner
FROM called AS c
JOIN work AS w ON w.table_oid = c.table_oid
JOIN pg_class AS r ON r.oid = c.oid
JOIN pg_namespace AS n ON n.oid = r.relnamespace
WHERE c.owner <> w.role AND c.owner NOT IN (SELECT u.oid FROM pg_roles AS u WHERE u.rolsuper)
ORDER BY c.table_oid, (c.class IS NOT NULL), n.nspname, r.relname, 5, 6
