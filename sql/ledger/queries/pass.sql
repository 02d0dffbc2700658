-- Enters slots of database $1 and task $2 that nobody will start any more: due at $3, with states $4 and reasons $5. One
-- that somebody completed, or entered before, stays as it is. With them every slot before $6 that was begun and not
-- completed is over.
WITH entered AS (
    INSERT INTO pgtend_ledger.slot (database_name, task, due, state, reason, ended_at)
    SELECT $1, $2, p.due, p.state, p.reason, clock_timestamp()
    FROM unnest($3::timestamptz[], $4::text[], $5::text[]) AS p (due, state, reason)
    ON CONFLICT (database_name, task, due) DO NOTHING
    RETURNING due, state, reason
),
given_up AS (
    UPDATE pgtend_ledger.slot AS s
    SET state = 'missed', ended_at = clock_timestamp(),
        reason = format(
            'begun by %s, and not completed before the next slot was due',
            (
                SELECT CASE count(*) WHEN 1 THEN 'one run' ELSE count(*) || ' runs' END
                FROM pgtend_ledger.run AS r
                WHERE r.slot_id = s.id
            ))
    WHERE s.database_name = $1 AND s.task = $2 AND s.due < $6::timestamptz AND s.state = 'open'
    RETURNING s.due, s.state, s.reason
)
SELECT (extract(epoch FROM p.due) * 1000000)::bigint AS due, p.state, p.reason
FROM (SELECT * FROM entered UNION ALL SELECT * FROM given_up) AS p
ORDER BY p.due
