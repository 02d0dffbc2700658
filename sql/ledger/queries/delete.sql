-- Deletes what is older than $1 microseconds, or beyond the newest $2 runs, $2 slots and $3 steps: at most a thousand
-- slots, a thousand runs, and a thousand or $4 steps at a time. The latest slot of each task stays, with its runs, and
-- so does whatever is running or open. What is remembered goes with its age alone, once the object is gone.
WITH latest AS (
    SELECT DISTINCT ON (s.database_name, s.task) s.id
    FROM pgtend_ledger.slot AS s
    ORDER BY s.database_name, s.task, s.due DESC
),
slots AS (
    DELETE FROM pgtend_ledger.slot AS s
    WHERE s.id IN (
        SELECT o.id
        FROM pgtend_ledger.slot AS o
        WHERE o.state <> 'open' AND o.id NOT IN (SELECT l.id FROM latest AS l)
            AND (
                o.due < clock_timestamp() - $1::bigint * interval '1 microsecond'
                OR o.id < (SELECT n.id FROM pgtend_ledger.slot AS n ORDER BY n.id DESC OFFSET $2::integer - 1 LIMIT 1)
            )
        ORDER BY o.id
        LIMIT 1000
    )
    RETURNING s.id
),
runs AS (
    DELETE FROM pgtend_ledger.run AS r
    WHERE r.id IN (
        SELECT o.id
        FROM pgtend_ledger.run AS o
        WHERE o.state <> 'running' AND (o.slot_id IS NULL OR o.slot_id NOT IN (SELECT l.id FROM latest AS l))
            AND (
                o.started_at < clock_timestamp() - $1::bigint * interval '1 microsecond'
                OR o.started_at < (
                    SELECT n.started_at FROM pgtend_ledger.run AS n ORDER BY n.started_at DESC OFFSET $2::integer - 1
                    LIMIT 1)
            )
        ORDER BY o.started_at
        LIMIT 1000
    )
    RETURNING r.id
),
steps AS (
    DELETE FROM pgtend_ledger.step AS s
    WHERE s.id IN (
        SELECT o.id
        FROM pgtend_ledger.step AS o
        JOIN pgtend_ledger.run AS r ON r.id = o.run_id
        LEFT JOIN pgtend_ledger.slot AS t ON t.id = o.slot_id
        WHERE r.state <> 'running' AND t.state IS DISTINCT FROM 'open'
            AND o.id <= (SELECT max(n.id) FROM pgtend_ledger.step AS n) - $3::bigint
        ORDER BY o.id
        LIMIT greatest(1000, $4::integer)
    )
    RETURNING s.id
),
memories AS (
    DELETE FROM pgtend_ledger.memory AS m
    WHERE m.noted_at < clock_timestamp() - $1::bigint * interval '1 microsecond'
        AND NOT EXISTS (
            SELECT FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = m.schema_name AND c.relname = m.object_name
        )
)
SELECT (SELECT count(*) FROM slots) AS slots, (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM steps) AS steps
