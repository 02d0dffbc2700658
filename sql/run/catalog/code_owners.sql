-- Part of the queries on foreign code: whose is what is used, but for what is a superuser's or runs no code. Of types domains
-- do, and in a table's columns, its foreign keys and the condition of a trigger all: what is parsed meanwhile, such as a
-- statement of a trigger's, or looks for a cast, may find one of theirs. An operator is its function's owner's, but where
-- that is one of the server's own, which may run a text: then it is whoever made the operator. What a policy or rule reads
-- or writes beside its table has triggers, views and policies of its own.
WITH owned AS MATERIALIZED (
    SELECT
        u.*,
        t.typtype,
        coalesce(
            f.proowner, CASE WHEN behind.oid < 16384 THEN p.oprowner ELSE behind.proowner END, t.typowner, r.relowner
        ) AS owner
    FROM reached AS u
    LEFT JOIN pg_proc AS f ON u.refclassid = 'pg_proc'::regclass AND f.oid = u.refobjid
    LEFT JOIN pg_operator AS p ON u.refclassid = 'pg_operator'::regclass AND p.oid = u.refobjid
    LEFT JOIN pg_proc AS behind ON behind.oid = p.oprcode
    LEFT JOIN pg_type AS t ON u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid
    LEFT JOIN pg_class AS r ON u.refclassid = 'pg_class'::regclass AND r.oid = u.refobjid
)
SELECT u.table_oid, u.oid, u.class, u.part, o.refclassid, o.refobjid, o.owner
FROM used AS u
JOIN owned AS o ON (o.root_class, o.root) = (u.refclassid, u.refobjid)
    AND (
        o.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
        OR o.typtype = 'd'
        OR o.refclassid = 'pg_type'::regclass
            AND (
                u.class = 'pg_class'::regclass AND u.part = u.oid OR u.class = 'pg_trigger'::regclass
                OR u.class = 'pg_constraint'::regclass
                AND EXISTS (SELECT FROM pg_constraint AS k WHERE k.oid = u.part AND k.contype = 'f')
            )
        OR o.refclassid = 'pg_class'::regclass
            AND u.class IN ('pg_policy'::regclass, 'pg_rewrite'::regclass) AND o.refobjid <> u.oid
    )
WHERE o.owner NOT IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
UNION ALL
-- The owner of a type may have taken another's function for a cast by which keys are compared, always as a superuser's type.
-- What anybody casts to a type of his own is none of that.
SELECT u.table_oid, u.oid, u.class, u.part, 'pg_proc'::regclass, k.castfunc, f.proowner
FROM used AS u
JOIN owned AS o ON (o.root_class, o.root) = (u.refclassid, u.refobjid)
    AND o.refclassid = 'pg_type'::regclass AND o.refobjid >= 16384
JOIN pg_cast AS k ON k.castsource = o.refobjid
JOIN pg_proc AS f ON f.oid = k.castfunc
JOIN pg_type AS t ON t.oid = k.casttarget AND t.typowner IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
WHERE u.class = 'pg_constraint'::regclass
    AND EXISTS (SELECT FROM pg_constraint AS k WHERE k.oid = u.part AND k.contype = 'f')
    AND f.proowner NOT IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
