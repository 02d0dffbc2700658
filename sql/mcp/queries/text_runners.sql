-- Part of the queries on the schema: what in the CTEs `expression` (class, object, tree) and `relation` (oid) has the server run a
-- text, or look a row up in a table or view that an argument names. Casts that it looks for belong to types, which count by
-- themselves, and a function that somebody has made here is looked at by its owner and its body.
SELECT c.class, c.object, running.oid::regprocedure AS function
FROM expression AS c
CROSS JOIN LATERAL (
    -- include run/catalog/running_texts
) AS running
WHERE NOT running.only_casts AND (
    running.oid < 16384
    OR EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = running.oid AND d.deptype = 'e')
    OR EXISTS (
        SELECT FROM pg_proc AS f
        JOIN pg_language AS l ON l.oid = f.prolang
        WHERE f.oid = running.oid AND l.lanname = 'c'))
UNION ALL
SELECT 'pg_trigger'::regclass, g.oid, f.oid::regprocedure
FROM relation AS r
JOIN pg_trigger AS g ON g.tgrelid = r.oid AND NOT g.tgisinternal
JOIN pg_proc AS f ON f.oid = g.tgfoid AND f.prosrc IN ('check_primary_key', 'check_foreign_key')
JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname = 'c'
