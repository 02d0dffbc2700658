-- What belongs to others and is used by parts of the tables $1 (oids), partitions: the first found of each table.
--
-- Before a new partition is made like one of them ($3 is false): by its policies and the conditions of its own triggers,
-- whose text is parsed again as the owner of the parent. A literal in it is read as its type then, which runs the CHECKs
-- of a domain; and a name in it means whatever has that name by then, so that the schema of a type counts, too: whoever
-- owns that may put another type in its place. A trigger's own function is not run when the trigger is created.
--
-- Before one, $1 alone, is given to role $2 ($3 is true): by its defaults, generated columns and extended statistics, which
-- run as whoever writes and as the owner; and by its indexes and CHECKs, but for those that all partitions of that role have
-- from the parent already.
--
-- Trusted is what belongs to a superuser, or to the role: $2, or the owner of the parent where that is NULL. Arrays,
-- composites, ranges and domains count by what they are made of as well.
WITH RECURSIVE work AS (
    SELECT c.oid AS table_oid, coalesce(u.oid, p.relowner) AS role, p.oid AS parent_oid, c.relowner
    FROM pg_class AS c
    LEFT JOIN pg_roles AS u ON u.rolname = $2::text
    LEFT JOIN pg_inherits AS h ON h.inhrelid = c.oid
    LEFT JOIN pg_class AS p ON p.oid = h.inhparent
    WHERE c.oid = ANY ($1::oid[])
),
siblings AS (
    SELECT s.oid
    FROM work AS w
    JOIN pg_inherits AS h ON h.inhparent = w.parent_oid
    JOIN pg_class AS s ON s.oid = h.inhrelid
    WHERE $3::boolean AND s.relowner = w.role AND s.relkind IN ('r', 'p')
),
callers AS (
    SELECT w.*, part.class, part.part, part.own_function, part.tree
    FROM work AS w
    CROSS JOIN LATERAL (
        SELECT
            'pg_policy'::regclass AS class, p.oid AS part, 0::oid AS own_function,
            concat(p.polqual, p.polwithcheck) AS tree
        FROM pg_policy AS p
        WHERE NOT $3::boolean AND p.polrelid = w.table_oid
        UNION ALL
        SELECT 'pg_trigger'::regclass, t.oid, t.tgfoid, t.tgqual::text
        FROM pg_trigger AS t
        WHERE NOT $3::boolean AND t.tgrelid = w.table_oid AND NOT t.tgisinternal AND t.tgparentid = 0
        UNION ALL
        SELECT 'pg_attrdef'::regclass, d.oid, 0, d.adbin::text
        FROM pg_attrdef AS d
        WHERE $3::boolean AND d.adrelid = w.table_oid
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, s.oid, 0, s.stxexprs::text
        FROM pg_statistic_ext AS s
        WHERE $3::boolean AND s.stxrelid = w.table_oid
        UNION ALL
        SELECT 'pg_class'::regclass, x.indexrelid, 0, concat(x.indexprs, x.indpred)
        FROM pg_index AS x
        LEFT JOIN pg_inherits AS of_parent ON of_parent.inhrelid = x.indexrelid
        WHERE $3::boolean AND x.indrelid = w.table_oid AND EXISTS (
            SELECT FROM siblings AS s WHERE NOT EXISTS (
                SELECT
                FROM pg_index AS y
                JOIN pg_inherits AS h ON h.inhrelid = y.indexrelid
                WHERE y.indrelid = s.oid AND h.inhparent = of_parent.inhparent
            )
        )
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, 0, k.conbin::text
        FROM pg_constraint AS k
        WHERE $3::boolean AND k.conrelid = w.table_oid AND k.contype = 'c' AND EXISTS (
            SELECT FROM siblings AS s WHERE NOT EXISTS (
                SELECT
                FROM pg_constraint AS y
                -- What is inherited by that name is the same.
                WHERE y.conrelid = s.oid AND y.contype = 'c' AND y.conname = k.conname AND y.coninhcount > 0
            )
        )
    ) AS part
),
used AS MATERIALIZED (
    SELECT c.table_oid, c.role, c.class, c.part, d.refclassid, d.refobjid
    FROM callers AS c
    JOIN pg_depend AS d ON d.classid = c.class AND d.objid = c.part AND d.refobjid <> c.own_function
),
reached (root_class, root, refclassid, refobjid) AS (
    -- include run/catalog/reached
),
owned AS MATERIALIZED (
    SELECT u.*, false AS in_schema, whose.owner
    FROM reached AS u
    LEFT JOIN pg_proc AS f ON u.refclassid = 'pg_proc'::regclass AND f.oid = u.refobjid
    LEFT JOIN pg_operator AS p ON u.refclassid = 'pg_operator'::regclass AND p.oid = u.refobjid
    LEFT JOIN pg_proc AS behind ON behind.oid = p.oprcode
    CROSS JOIN LATERAL (VALUES (f.proowner), (p.oprowner), (behind.proowner)) AS whose (owner)
    UNION ALL
    SELECT u.*, whose.in_schema, whose.owner
    FROM reached AS u
    JOIN pg_type AS t ON t.oid = u.refobjid
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    CROSS JOIN LATERAL (
        VALUES
            (t.typowner, false),
            (
                CASE WHEN NOT $3::boolean THEN (
                    -- include run/catalog/schema_owner
                ) END,
                true
            )
    ) AS whose (owner, in_schema)
    WHERE u.refclassid = 'pg_type'::regclass
        -- An array counts by its elements. An enum has no code, but in a text its name may come to mean something else.
        AND t.typcategory <> 'A' AND NOT ($3::boolean AND t.typtype = 'e')
),
called AS (
    SELECT u.table_oid, u.role, u.class, u.part, o.refclassid, o.refobjid, o.in_schema, o.owner
    FROM used AS u
    JOIN owned AS o ON (o.root_class, o.root) = (u.refclassid, u.refobjid)
    WHERE o.owner <> u.role AND o.owner NOT IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
    UNION ALL
    SELECT c.table_oid, c.role, c.class, c.part, 'pg_proc'::regclass, running.oid, false, c.relowner
    FROM callers AS c
    CROSS JOIN LATERAL (
        -- include run/catalog/running_texts
    ) AS running
    -- Casts that a policy or trigger looks for belong to types that it names, which count by themselves.
    WHERE $3::boolean OR NOT running.only_casts
)
SELECT DISTINCT ON (o.table_oid)
    o.table_oid,
    n.nspname AS schema,
    c.relname AS name,
    pg_get_userbyid(c.relowner) AS owner,
    pg_describe_object(o.class, o.part, 0) AS caller,
    CASE
        WHEN o.in_schema THEN format('type %s in schema %I', format_type(t.oid, NULL), s.nspname)
        ELSE pg_describe_object(o.refclassid, o.refobjid, 0)
    END AS code,
    pg_get_userbyid(o.owner) AS code_owner
FROM called AS o
JOIN pg_class AS c ON c.oid = o.table_oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_type AS t ON o.in_schema AND t.oid = o.refobjid
LEFT JOIN pg_namespace AS s ON s.oid = t.typnamespace
WHERE o.owner <> o.role AND o.owner NOT IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
-- What a domain is made of comes behind it.
ORDER BY o.table_oid, 5, (o.refclassid <> 'pg_type'::regclass), 6
