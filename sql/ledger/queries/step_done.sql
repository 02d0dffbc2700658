-- Enters the step with number $2 of run $1 as done, in the transaction of its effect: task $3, schema $4 and name $5 of
-- its object, key $6, phrase $7; it has taken $8 microseconds, of them $9 in waiting for locks, and $10 tries, and has come
-- to the figures $12 by their names $11.
-- No row where the run is not running any more: then whoever marked it works in its place, and the effect has to be
-- rolled back. The lock on its row makes whoever would mark it now wait for our COMMIT.
INSERT INTO pgtend_ledger.step (
    run_id, number, slot_id, task, schema_name, object_name, key, action, outcome, started_at, duration, lock_wait,
    attempts, result
)
SELECT r.id, $2::integer, r.slot_id, $3, $4, $5, $6, $7, 'done',
    clock_timestamp() - $8::bigint * interval '1 microsecond', $8::bigint * interval '1 microsecond',
    $9::bigint * interval '1 microsecond', $10::integer,
    (SELECT jsonb_object_agg(f.name, f.figure) FROM unnest($11::text[], $12::bigint[]) AS f (name, figure))
FROM pgtend_ledger.run AS r
WHERE r.id = $1 AND r.state = 'running'
FOR SHARE OF r
RETURNING number
