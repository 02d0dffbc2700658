-- Part of the proof of a step: whether writing to the table t (a row of pg_class) may run code of others, for which
-- foreign_code.sql has to be asked. It does not where neither its partition key nor one above it computes anything, it has no
-- rule, and all that its triggers do is to call functions of its owner without arguments, and to look for its rows in tables
-- of the same, with nothing above or below them, by keys of the server's own types; and nothing but the server's own is in
-- expressions of these and of its own.
-- include run/statistics/may_meet_by_shape
OR EXISTS (
    SELECT
    FROM (
        SELECT t.oid
        UNION ALL
        SELECT k.confrelid FROM pg_constraint AS k WHERE k.conrelid = t.oid AND k.contype = 'f'
    ) AS near
    CROSS JOIN LATERAL (
        -- include run/statistics/expressions
    ) AS used
)
