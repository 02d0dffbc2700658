-- Part of the queries on foreign code: whose is what is used; NULL for what runs no code.
SELECT u.*, coalesce(f.proowner, behind.proowner, t.typowner) AS owner
FROM used AS u
LEFT JOIN pg_proc AS f ON u.refclassid = 'pg_proc'::regclass AND f.oid = u.refobjid
LEFT JOIN pg_operator AS p ON u.refclassid = 'pg_operator'::regclass AND p.oid = u.refobjid
LEFT JOIN pg_proc AS behind ON behind.oid = p.oprcode
LEFT JOIN pg_type AS t ON u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid AND t.typtype = 'd'
