-- For each kind of task of database $1 whose last run failed: how many have failed one after the other, since when, and
-- what the last of them said, with the object. A run whose process died, or that was told to stop, says nothing of its
-- task. A run by hand can have several kinds of task; then only its own steps count for each, unless the whole run failed.
WITH runs AS (
    SELECT
        t.task,
        r.started_at,
        coalesce(
            r.message,
            f.action || CASE f.outcome WHEN 'postponed' THEN ' was put off' ELSE '' END
                || coalesce(': ' || f.message, '')
        ) AS message,
        coalesce(f.outcome IN ('failed', 'postponed'), false)
            OR (r.state = 'incomplete' AND (cardinality(r.tasks) = 1 OR r.failure_class IS NOT NULL)) AS has_failed
    FROM pgtend_ledger.run AS r
    CROSS JOIN LATERAL unnest(r.tasks) AS t (task)
    LEFT JOIN LATERAL (
        SELECT s.action, s.outcome, s.message
        FROM pgtend_ledger.step AS s
        WHERE s.run_id = r.id AND s.task = t.task AND s.outcome IN ('failed', 'postponed', 'interrupted')
        ORDER BY array_position(ARRAY['failed', 'postponed', 'interrupted'], s.outcome::text), s.number
        LIMIT 1
    ) AS f ON true
    WHERE r.database_name = $1 AND r.state NOT IN ('running', 'interrupted', 'abandoned')
),
last_well AS (
    SELECT r.task, max(r.started_at) AS started_at
    FROM runs AS r
    WHERE NOT r.has_failed
    GROUP BY r.task
)
SELECT
    r.task,
    count(*) AS failures,
    (extract(epoch FROM min(r.started_at)) * 1000000)::bigint AS since,
    (array_agg(r.message ORDER BY r.started_at DESC))[1] AS reason
FROM runs AS r
LEFT JOIN last_well AS w ON w.task = r.task
WHERE w.started_at IS NULL OR r.started_at > w.started_at
GROUP BY r.task
ORDER BY r.task
