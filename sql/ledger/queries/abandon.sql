-- Marks the runs of the tasks $1 that are still said to be running. Whoever asks holds the locks of these tasks, so that
-- the owners of those runs do not: they have died, or lost their connection and with it the right to go on.
UPDATE pgtend_ledger.run AS r
SET state = 'abandoned', ended_at = clock_timestamp()
WHERE r.state = 'running' AND r.tasks && $1::text[]
RETURNING r.id, r.host, r.pid, (extract(epoch FROM r.started_at) * 1000000)::bigint AS started_at,
    (SELECT (extract(epoch FROM s.due) * 1000000)::bigint FROM pgtend_ledger.slot AS s WHERE s.id = r.slot_id) AS due
