-- Enters the slot of database $1 and task $2 that was due at $3 as begun, and locks its row. One that was given up for
-- skipped or missed is open again: somebody is there to do it after all.
INSERT INTO pgtend_ledger.slot AS s (database_name, task, due, state, started_at)
VALUES ($1, $2, $3::timestamptz, 'open', clock_timestamp())
ON CONFLICT (database_name, task, due) DO UPDATE SET
    state = CASE WHEN s.state IN ('skipped', 'missed') THEN 'open' ELSE s.state END,
    reason = CASE WHEN s.state IN ('skipped', 'missed') THEN NULL ELSE s.reason END,
    ended_at = CASE WHEN s.state IN ('skipped', 'missed') THEN NULL ELSE s.ended_at END,
    started_at = coalesce(s.started_at, clock_timestamp())
RETURNING s.id, s.state
