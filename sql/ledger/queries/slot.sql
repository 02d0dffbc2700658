-- What the ledger knows of the slot of database $1 and task $2 that was due at $3; no row for one that it does not know.
SELECT
    s.state,
    s.completed_by,
    coalesce(r.host, '') AS host,
    coalesce(r.pid, 0) AS pid,
    (extract(epoch FROM coalesce(r.started_at, s.started_at, s.due)) * 1000000)::bigint AS started_at
FROM pgtend_ledger.slot AS s
LEFT JOIN pgtend_ledger.run AS r ON r.id = s.completed_by
WHERE s.database_name = $1 AND s.task = $2 AND s.due = $3::timestamptz
