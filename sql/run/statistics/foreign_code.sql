-- Code of other owners that writing rows of the tables $1 (oids) would run with the rights of $2, who does it: the first
-- found of each table.
--
-- Rows that are written or deleted are looked up in the tables at the other end of each foreign key. That is planned, which
-- computes what is constant in the predicates and expressions of indexes, in CHECKs, partition keys and statistics. Changes
-- cascade to those that refer to $1. What that code defers, and triggers of those, where they come last, run as whoever
-- wrote. A trigger of any table that is written may be another's than the table's owner, who has granted TRIGGER. A rule,
-- which a former owner may have left, calls functions as whoever wrote, and writes to other tables.
--
-- Trusted is what belongs to a superuser, whose code may run as anyone, or to whoever does the work. Whether it stands in
-- an extension proves nothing: its owner may replace it. Of types only domains run code in expressions.
--
-- Of tables that are written each of another owner's beside them is a row, code being NULL where it has none: it is to
-- be locked, lest it get some.
WITH RECURSIVE work AS (
    SELECT c.oid AS table_oid, coalesce(to_regrole(quote_ident($2))::oid, c.relowner) AS role
    FROM pg_class AS c
    WHERE c.oid = ANY ($1::oid[])
),
around (table_oid, role, oid, is_written) AS (
    SELECT w.table_oid, w.role, w.table_oid, true FROM work AS w
    UNION
    SELECT a.table_oid, a.role, further.oid, further.is_written
    FROM around AS a
    CROSS JOIN LATERAL (
        SELECT h.inhrelid AS oid, a.is_written FROM pg_inherits AS h WHERE h.inhparent = a.oid
        UNION ALL
        -- The other end of a foreign key. By the triggers that do it: they have an index by their table.
        SELECT
            t.tgconstrrelid,
            f.conrelid <> a.oid AND (f.confdeltype IN ('c', 'n', 'd') OR f.confupdtype IN ('c', 'n', 'd'))
        FROM pg_trigger AS t
        JOIN pg_constraint AS f ON f.oid = t.tgconstraint AND f.contype = 'f'
        WHERE a.is_written AND t.tgrelid = a.oid
        UNION ALL
        SELECT d.refobjid, true
        FROM pg_rewrite AS r
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> a.oid
        WHERE a.is_written AND r.ev_class = a.oid
    ) AS further
),
others AS (
    SELECT
        w.table_oid, w.role, c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, w.is_written,
        -- Beneath a table of another's it is as good as his.
        c.relowner <> w.role OR above.owner IS NOT NULL AS is_others,
        NOT r.rolsuper OR above.owner IS NOT NULL AS may_get_code,
        -- Whose the code of it is.
        CASE WHEN c.relowner <> w.role AND NOT r.rolsuper THEN c.relowner ELSE coalesce(above.owner, c.relowner) END
            AS code_owner
    FROM (
        SELECT a.table_oid, a.role, a.oid, bool_or(a.is_written) AS is_written
        FROM around AS a
        GROUP BY a.table_oid, a.role, a.oid
    ) AS w
    JOIN pg_class AS c ON c.oid = w.oid
    JOIN pg_roles AS r ON r.oid = c.relowner
    CROSS JOIN LATERAL (
        -- include run/catalog/owner_above
    ) AS above
),
callers AS (
    -- The partition keys of a table and of all that it is a partition of are computed for it.
    SELECT
        o.table_oid, o.oid, 'pg_class'::regclass AS class, k.partrelid AS part, k.partexprs::text AS tree,
        nullif(c.relowner, o.role) AS code_owner
    FROM others AS o
    JOIN pg_partitioned_table AS k ON k.partexprs IS NOT NULL
        AND k.partrelid = ANY (ARRAY(SELECT u.relid::oid FROM pg_partition_ancestors(o.oid) AS u))
    JOIN pg_class AS c ON c.oid = k.partrelid
    UNION ALL
    SELECT o.table_oid, o.oid, part.class, part.part, part.tree,
        -- NULL for the worker's own, of which only what belongs to others counts: he may once have had it beneath a table of
        -- another's, who has left indexes, CHECKs and defaults on it.
        CASE WHEN o.is_others THEN o.code_owner WHEN part.class IN ('pg_trigger'::regclass, 'pg_rewrite'::regclass) THEN 0 END
    FROM others AS o
    CROSS JOIN LATERAL (
        SELECT 'pg_class'::regclass AS class, i.indexrelid AS part, concat(i.indexprs, i.indpred) AS tree
        FROM pg_index AS i
        WHERE i.indrelid = o.oid AND (o.is_others OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, k.conbin::text
        FROM pg_constraint AS k
        WHERE k.conrelid = o.oid AND k.contype = 'c'
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxexprs::text
        FROM pg_statistic_ext AS s
        WHERE s.stxrelid = o.oid
        UNION ALL
        -- In an attach only what is generated, which a predicate may name.
        SELECT 'pg_attrdef'::regclass, d.oid, d.adbin::text
        FROM pg_attrdef AS d
        JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = o.oid AND (o.is_written OR a.attgenerated <> '')
        UNION ALL
        -- That of a partition has the condition of its parent's, and what that depends on is recorded there.
        SELECT 'pg_trigger'::regclass, origin.oid, t.tgqual::text
        FROM pg_trigger AS t
        CROSS JOIN LATERAL (
            WITH RECURSIVE origin (oid, parent) AS (
                SELECT t.oid, t.tgparentid
                UNION ALL
                SELECT p.oid, p.tgparentid FROM origin AS c JOIN pg_trigger AS p ON p.oid = c.parent
            )
            SELECT c.oid FROM origin AS c
        ) AS origin
        WHERE o.is_written AND t.tgrelid = o.oid AND NOT t.tgisinternal
        UNION ALL
        -- Those of the worker's own tables do not bind him, or are an error: sessions have row_security off.
        SELECT 'pg_policy'::regclass, p.oid, concat(p.polqual, p.polwithcheck)
        FROM pg_policy AS p
        WHERE o.is_others AND o.is_written AND p.polrelid = o.oid
        UNION ALL
        SELECT 'pg_rewrite'::regclass, r.oid, concat(r.ev_qual, r.ev_action)
        FROM pg_rewrite AS r
        WHERE o.is_written AND r.ev_class = o.oid
    ) AS part
),
used AS MATERIALIZED (
    SELECT c.table_oid, c.oid, c.class, c.part, d.refclassid, d.refobjid
    FROM callers AS c
    JOIN pg_depend AS d ON d.classid = c.class AND d.objid = c.part AND d.objsubid = 0
    UNION
    -- Values that are written are checked by their types.
    SELECT o.table_oid, o.oid, 'pg_class'::regclass, o.oid, 'pg_type'::regclass, a.atttypid
    FROM others AS o
    JOIN pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384
    WHERE o.is_written
    UNION
    -- Keys of different types are compared by way of a cast, which the owner of the type may make at any time.
    SELECT o.table_oid, o.oid, 'pg_constraint'::regclass, f.oid, 'pg_type'::regclass, a.atttypid
    FROM others AS o
    JOIN pg_trigger AS t ON t.tgrelid = o.oid
    JOIN pg_constraint AS f ON f.oid = t.tgconstraint AND f.contype = 'f'
    CROSS JOIN LATERAL (VALUES (f.conrelid, f.conkey), (f.confrelid, f.confkey)) AS key (relation, columns)
    JOIN pg_attribute AS a ON a.attrelid = key.relation AND a.attnum = ANY (key.columns) AND a.atttypid >= 16384
    WHERE o.is_written
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
    SELECT c.table_oid, c.oid, c.class, c.part, 'pg_proc'::regclass, running.oid, c.code_owner
    FROM callers AS c
    CROSS JOIN LATERAL (
        -- include run/catalog/running_texts
    ) AS running
    -- The condition of a trigger may be somebody's who had TRIGGER once, and a rule a former owner's. Types of others count
    -- there by themselves.
    WHERE c.code_owner <> 0 OR NOT running.only_casts
    UNION ALL
    -- A function of the server's, or of a superuser's, does what the arguments or the condition of a trigger say, and
    -- nothing tells who has put that there: whoever may. That is the other owner of a table, of what he had above it when
    -- it was attached too; and whoever has TRIGGER.
    SELECT o.table_oid, o.oid, 'pg_trigger'::regclass, t.oid, 'pg_proc'::regclass, t.tgfoid, maker.oid
    FROM others AS o
    JOIN pg_trigger AS t ON t.tgrelid = o.oid AND NOT t.tgisinternal
    JOIN pg_proc AS f ON f.oid = t.tgfoid
    CROSS JOIN LATERAL (
        SELECT o.code_owner
        WHERE o.is_others AND (o.code_owner = o.relowner OR t.tgparentid <> 0)
            -- These only write words into the row, or leave it alone, whatever they are told.
            AND NOT (
                t.tgqual IS NULL AND f.oid < 16384
                AND f.proname IN (
                    'tsvector_update_trigger', 'tsvector_update_trigger_column', 'suppress_redundant_updates_trigger'
                )
            )
        UNION ALL
        SELECT a.grantee
        FROM pg_class AS c
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        WHERE c.oid = ANY (
                -- What a trigger of a partition has come from.
                CASE WHEN t.tgparentid <> 0 THEN ARRAY(SELECT u.relid::oid FROM pg_partition_ancestors(o.oid) AS u) END || o.oid
            )
            AND a.privilege_type = 'TRIGGER' AND a.grantee <> c.relowner
    ) AS maker (oid)
    -- A function of the worker's own may do what its arguments say as well.
    WHERE o.is_written AND (t.tgqual IS NOT NULL OR t.tgnargs > 0 OR f.proowner <> o.role)
)
SELECT DISTINCT ON (o.table_oid, o.oid)
    o.table_oid,
    n.nspname AS schema,
    o.relname AS name,
    pg_get_userbyid(o.relowner) AS owner,
    pg_describe_object(c.class, c.part, 0) AS caller,
    pg_describe_object(c.refclassid, c.refobjid, 0) AS code,
    CASE c.owner WHEN 0 THEN 'whoever has or had TRIGGER' ELSE pg_get_userbyid(c.owner) END AS code_owner,
    pg_has_role(
        o.relowner, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
    ) AS may_act_as_owner,
    pg_has_role(o.relowner, 'MEMBER') AS is_member,
    o.relowner IN (SELECT u.oid FROM pg_roles AS u WHERE u.rolsuper) AS is_superusers
FROM others AS o
JOIN pg_namespace AS n ON n.oid = o.relnamespace
LEFT JOIN called AS c ON c.table_oid = o.table_oid AND c.oid = o.oid
    AND c.owner <> o.role AND c.owner NOT IN (SELECT u.oid FROM pg_roles AS u WHERE u.rolsuper)
WHERE c.owner IS NOT NULL OR o.is_others AND o.may_get_code AND o.relkind IN ('r', 'p')
ORDER BY o.table_oid, o.oid, 5, 6
