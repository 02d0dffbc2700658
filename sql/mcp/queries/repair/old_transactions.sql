-- The oldest transactions of this database but our own, which an index that is built CONCURRENTLY waits for: three at most,
-- in words.
SELECT format('pid %s (%s, %s)', a.pid, a.application_name, a.usename)
        -- A role that may not see the session is not told since when.
        || coalesce(' since ' || to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS'), '') AS holder
FROM pg_stat_activity AS a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
    AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
ORDER BY age(coalesce(a.backend_xmin, a.backend_xid)) DESC, a.pid
LIMIT 3
