-- What code of others could leave behind in a session: a row for each thing. The same rows before and after it say that
-- nothing was left. Every name is qualified: its search_path may be set by that code.
SELECT 'setting' AS kind, s.name AS name, s.setting AS value
FROM pg_catalog.pg_settings AS s
WHERE (s.source OPERATOR(pg_catalog.=) 'session' OR s.name OPERATOR(pg_catalog.=) 'transaction_read_only')
    AND s.name OPERATOR(pg_catalog.!~) '^pgtend\.(statements|query|path|result)$'
UNION ALL
SELECT 'role', pg_catalog.current_setting('role'), NULL
UNION ALL
SELECT
    'advisory lock',
    pg_catalog.concat_ws(' ', l.classid, l.objid, l.objsubid),
    pg_catalog.concat_ws(' ', l.database, l.mode)
FROM pg_catalog.pg_locks AS l
WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
UNION ALL
SELECT 'cursor', c.name, NULL FROM pg_catalog.pg_cursors AS c WHERE c.is_holdable
UNION ALL
SELECT 'prepared statement', p.name, NULL FROM pg_catalog.pg_prepared_statements AS p
UNION ALL
SELECT 'temporary function', p.proname, NULL
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
UNION ALL
SELECT 'temporary type', t.typname, NULL
FROM pg_catalog.pg_type AS t
WHERE t.typnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
UNION ALL
SELECT 'channel', c, NULL FROM pg_catalog.pg_listening_channels() AS c
