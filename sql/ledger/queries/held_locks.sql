-- The kinds of task that run $1 left to another run.
SELECT
    h.task,
    h.pid,
    h.application,
    h."user" AS role,
    h.client,
    (extract(epoch FROM h.since) * 1000000)::bigint AS since
FROM pgtend_ledger.run AS r
CROSS JOIN LATERAL ROWS FROM (
    jsonb_to_recordset(r.held_locks)
        AS (task text, pid integer, application text, "user" text, client text, since timestamptz)
) WITH ORDINALITY AS h (task, pid, application, "user", client, since, place)
WHERE r.id = $1
ORDER BY h.place
