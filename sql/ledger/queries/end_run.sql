-- Ends run $1 in one statement: its state $2, its figures, what ended it early, and the steps that it left undone. Where
-- it is completed its slot is, too: late when its first run began $3 microseconds after it was due, or later, unless it is
-- the first slot of all, for which nobody could have been there in time.
-- No row in "ended" where the run is not running any more.
WITH ended AS (
    UPDATE pgtend_ledger.run AS r
    SET state = $2, ended_at = clock_timestamp(), done = $4::integer, superseded = $5::integer,
        postponed = $6::integer, failed = $7::integer, interrupted = $8::integer, refused = $9::integer,
        lock_wait = $10::bigint * interval '1 microsecond', failure_class = $11, sqlstate = $12, message = $13,
        interruption = $14,
        refusals = coalesce(
            (
                SELECT jsonb_agg(jsonb_build_object(
                    'task', f.task, 'schema', f.schema, 'name', f.name, 'reason', f.reason,
                    'explanation', f.explanation, 'cure', f.cure))
                FROM unnest($15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[])
                    AS f (task, schema, name, reason, explanation, cure)
            ), '[]'),
        held_locks = coalesce(
            (
                SELECT jsonb_agg(jsonb_build_object(
                    'task', h.task, 'pid', h.pid, 'application', h.application, 'user', h."user",
                    'client', h.client, 'since', h.since))
                FROM unnest($21::text[], $22::integer[], $23::text[], $24::text[], $25::text[], $26::timestamptz[])
                    AS h (task, pid, application, "user", client, since)
            ), '[]')
    WHERE r.id = $1 AND r.state = 'running'
    RETURNING r.id, r.slot_id, r.state
),
steps AS (
    INSERT INTO pgtend_ledger.step (
        run_id, slot_id, number, task, schema_name, object_name, key, action, outcome, started_at, duration, lock_wait,
        attempts, failure_class, sqlstate, message
    )
    SELECT e.id, e.slot_id, s.number, s.task, s.schema_name, s.object_name, s.key, s.action, s.outcome,
        clock_timestamp() - s.age * interval '1 microsecond', s.duration * interval '1 microsecond',
        s.lock_wait * interval '1 microsecond', s.attempts, nullif(s.failure_class, ''), nullif(s.sqlstate, ''),
        nullif(s.message, '')
    FROM ended AS e
    CROSS JOIN unnest(
        $27::integer[], $28::text[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[],
        -- NULL for a step that was not begun.
        array_replace($34::bigint[], -1, NULL), $35::bigint[], $36::bigint[], $37::integer[], $38::text[],
        $39::text[], $40::text[]
    ) AS s (
        number, task, schema_name, object_name, key, action, outcome, age, duration, lock_wait, attempts,
        failure_class, sqlstate, message
    )
),
closed AS (
    UPDATE pgtend_ledger.slot AS s
    SET state = CASE
            WHEN s.started_at >= s.due + $3::bigint * interval '1 microsecond' AND EXISTS (
                SELECT FROM pgtend_ledger.slot AS p
                WHERE p.database_name = s.database_name AND p.task = s.task AND p.due < s.due
            ) THEN 'late'
            ELSE 'ran'
        END,
        ended_at = clock_timestamp(), completed_by = e.id
    FROM ended AS e
    WHERE s.id = e.slot_id AND e.state = 'completed' AND s.state = 'open'
)
SELECT count(*) AS ended
FROM ended AS e
