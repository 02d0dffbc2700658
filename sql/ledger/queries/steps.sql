-- The steps of run $1 that are entered, in its order.
SELECT
    s.number,
    s.task,
    s.schema_name AS schema,
    s.object_name AS name,
    s.action,
    s.outcome,
    (extract(epoch FROM s.started_at) * 1000000)::bigint AS started_at,
    (extract(epoch FROM s.duration) * 1000000)::bigint AS duration,
    (extract(epoch FROM s.lock_wait) * 1000000)::bigint AS lock_wait,
    s.attempts,
    s.failure_class,
    s.sqlstate,
    s.message,
    array(SELECT t.key FROM jsonb_each_text(s.result) AS t ORDER BY t.key) AS figures,
    array(SELECT t.value::bigint FROM jsonb_each_text(s.result) AS t ORDER BY t.key) AS values
FROM pgtend_ledger.step AS s
WHERE s.run_id = $1
ORDER BY s.number
