-- What the ledger has on run $1: its state and, where somebody else is or was at its task since it began, who.
SELECT r.state, o.id AS other_id, o.host AS other_host, o.pid AS other_pid
FROM pgtend_ledger.run AS r
LEFT JOIN LATERAL (
    SELECT n.id, n.host, n.pid
    FROM pgtend_ledger.run AS n
    WHERE n.tasks && r.tasks AND n.started_at > r.started_at AND n.id <> r.id
    ORDER BY n.started_at
    LIMIT 1
) AS o ON true
WHERE r.id = $1
