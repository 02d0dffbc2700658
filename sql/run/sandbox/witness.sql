-- What code of others could leave behind in a session: a row for each thing. The same rows as before any of it has run
-- say that nothing was left. Every name is qualified: its search_path may be set by that code. Advisory locks are not
-- among them: those of the session are released, and those of a transaction look the same.
SELECT 'setting' AS kind, s.name AS name, s.setting AS value
FROM pg_catalog.pg_settings AS s
WHERE s.source OPERATOR(pg_catalog.=) 'session'
    OR s.name OPERATOR(pg_catalog.=) 'transaction_isolation'
    OR s.name OPERATOR(pg_catalog.=) 'transaction_read_only'
    OR s.name OPERATOR(pg_catalog.=) 'transaction_deferrable'
UNION ALL
SELECT 'role', pg_catalog.current_setting('role'), NULL
UNION ALL
SELECT 'cursor', c.name, NULL FROM pg_catalog.pg_cursors AS c WHERE c.is_holdable
UNION ALL
SELECT 'prepared statement', p.name, NULL FROM pg_catalog.pg_prepared_statements AS p WHERE p.from_sql
UNION ALL
-- pgtend's own, which that code may have taken away.
SELECT 'plans', 'count', pg_catalog.count(*)::pg_catalog.text
FROM pg_catalog.pg_prepared_statements AS p
WHERE NOT p.from_sql
UNION ALL
SELECT 'temporary', pg_catalog.pg_describe_object(d.classid, d.objid, 0), NULL
FROM pg_catalog.pg_depend AS d
WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
    AND d.refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
UNION ALL
SELECT 'channel', c, NULL FROM pg_catalog.pg_listening_channels() AS c
