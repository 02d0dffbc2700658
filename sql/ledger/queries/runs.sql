-- Runs, newest first: of database $1 (NULL for all), with one of the tasks $2 (NULL for any), begun at $3 or later
-- (NULL for any time), with the id $4 (NULL for any); at most $5.
SELECT
    r.id,
    r.database_name,
    (extract(epoch FROM s.due) * 1000000)::bigint AS due,
    r.tasks,
    r.attempt,
    r.state,
    r.host,
    r.pid,
    r.application,
    r.pgtend_version,
    r.backend_pid,
    (extract(epoch FROM r.started_at) * 1000000)::bigint AS started_at,
    (extract(epoch FROM r.ended_at) * 1000000)::bigint AS ended_at,
    r.done,
    r.superseded,
    r.postponed,
    r.failed,
    r.interrupted,
    r.refused,
    (extract(epoch FROM r.lock_wait) * 1000000)::bigint AS lock_wait,
    r.failure_class,
    r.sqlstate,
    r.message,
    r.interruption
FROM pgtend_ledger.run AS r
LEFT JOIN pgtend_ledger.slot AS s ON s.id = r.slot_id
WHERE ($1::text IS NULL OR r.database_name = $1) AND ($2::text[] IS NULL OR r.tasks && $2::text[])
    AND ($3::timestamptz IS NULL OR r.started_at >= $3::timestamptz) AND ($4::text IS NULL OR r.id = $4)
ORDER BY r.started_at DESC, r.id
LIMIT $5::bigint
