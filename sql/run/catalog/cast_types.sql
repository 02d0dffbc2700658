-- Part of the queries on foreign code: types of others in an expression in which a function of the server's looks for a cast by
-- itself, as to_json does. The cast runs code of whoever owns the type, whosever the expression is.
SELECT c.table_oid, c.oid, c.class, c.part, 'pg_type'::regclass, t.oid, t.typowner
FROM callers AS c
CROSS JOIN LATERAL (
    -- include run/catalog/running_texts
) AS running
JOIN used AS u ON (u.table_oid, u.oid, u.class, u.part) = (c.table_oid, c.oid, c.class, c.part)
JOIN reached AS x ON (x.root_class, x.root) = (u.refclassid, u.refobjid) AND x.refclassid = 'pg_type'::regclass
JOIN pg_type AS t ON t.oid = x.refobjid
WHERE running.only_casts
