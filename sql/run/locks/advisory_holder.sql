-- Who holds the advisory lock ($1, $2) of this database.
SELECT
    a.pid,
    coalesce(a.application_name, '') AS application,
    coalesce(a.usename, '') AS role,
    coalesce(host(a.client_addr), 'local socket') AS client,
    -- Hidden from a role that may not see the session.
    coalesce(a.state, '') AS state,
    coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::bigint AS transaction_age,
    -- backend_start is hidden from a role that may not see the session.
    (extract(epoch FROM coalesce(a.backend_start, transaction_timestamp())) * 1000000)::bigint AS since
FROM pg_locks AS l
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
    AND l.classid = $1::bigint::oid AND l.objid = $2::bigint::oid
