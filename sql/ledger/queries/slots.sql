-- The latest $2 slots of each kind of task of database $1, newest first, each with the number of its runs.
SELECT
    s.task,
    (extract(epoch FROM s.due) * 1000000)::bigint AS due,
    s.state,
    s.reason,
    (extract(epoch FROM s.started_at) * 1000000)::bigint AS started_at,
    (extract(epoch FROM s.ended_at) * 1000000)::bigint AS ended_at,
    s.completed_by,
    (SELECT count(*) FROM pgtend_ledger.run AS r WHERE r.slot_id = s.id) AS attempts
FROM (VALUES ('partitions'), ('views'), ('statistics'), ('analysis')) AS t (task)
CROSS JOIN LATERAL (
    SELECT *
    FROM pgtend_ledger.slot AS n
    WHERE n.database_name = $1 AND n.task = t.task
    ORDER BY n.due DESC
    LIMIT $2::bigint
) AS s
ORDER BY s.due DESC, s.task
