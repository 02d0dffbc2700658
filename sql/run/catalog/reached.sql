-- Part of the queries on foreign code: what each thing that is used leads to, itself included, once for all callers: its owner
-- may have made any number of both.
SELECT u.refclassid, u.refobjid, u.refclassid, u.refobjid FROM used AS u
UNION
SELECT u.root_class, u.root, made_of.class, made_of.oid
FROM reached AS u
CROSS JOIN LATERAL (
    -- include run/catalog/made_of
) AS made_of
WHERE u.refclassid = 'pg_type'::regclass AND made_of.oid <> 0
