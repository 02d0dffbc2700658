-- Cancels what the session $1 (pid) is at if others wait for a lock that it holds, and says who, ten of them at most.
WITH waiting AS MATERIALIZED (
    SELECT l.pid, l.mode, l.relation
    FROM pg_locks AS l
    WHERE NOT l.granted AND $1::integer = ANY (pg_blocking_pids(l.pid))
    LIMIT 10
),
cancelled AS MATERIALIZED (
    SELECT pg_cancel_backend($1::integer) AS is_sent FROM waiting LIMIT 1
)
SELECT
    w.pid,
    coalesce(a.application_name, '') AS application,
    coalesce(a.usename, a.backend_type, '') AS role,
    CASE
        WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum'
        -- Hidden from a role that may not see the session.
        ELSE coalesce(a.state, '')
    END AS state,
    -- NULL of what is no relation: the end of a transaction.
    n.nspname AS schema,
    c.relname AS name,
    w.mode AS lock_mode,
    coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::bigint AS transaction_age
FROM waiting AS w
CROSS JOIN cancelled
LEFT JOIN pg_class AS c ON c.oid = w.relation
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity AS a ON a.pid = w.pid
ORDER BY w.pid
