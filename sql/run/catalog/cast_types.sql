-- Part of the queries on foreign code: types of others in an expression in which a function of the server's looks for a cast by
-- itself, as to_json does. The cast runs code of whoever owns the type, whosever the expression is.
SELECT c.table_oid, c.oid, c.class, c.part, 'pg_type'::regclass, t.oid, t.typowner
FROM (
    -- Few have one, and what all of them use is much.
    SELECT c.table_oid, c.oid, c.class, c.part
    FROM callers AS c
    CROSS JOIN LATERAL (
        -- include run/catalog/running_texts
    ) AS running
    WHERE running.only_casts
    OFFSET 0
) AS c
CROSS JOIN LATERAL (
    SELECT x.refobjid AS oid
    FROM used AS u
    JOIN reached AS x ON (x.root_class, x.root) = (u.refclassid, u.refobjid) AND x.refclassid = 'pg_type'::regclass
    WHERE (u.table_oid, u.oid, u.class, u.part) = (c.table_oid, c.oid, c.class, c.part)
    OFFSET 0
) AS x
JOIN pg_type AS t ON t.oid = x.oid
