-- The zones of the server, by the names of places, that all of the instants $1 are midnights of; the day that begins at
-- each of these; and by how many microseconds midnight is behind that of UTC on the day $2 (days since 1970-01-01) and on
-- each until $3 on which that changes.
--
-- First the zones alone: most differ at the first instant, and the days between $2 and $3 take a thousand times as long.
WITH fitting AS MATERIALIZED (
    SELECT z.name
    FROM pg_timezone_names AS z
    WHERE z.name ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/'
        AND NOT EXISTS (
            SELECT
            FROM unnest($1::timestamptz[]) AS i (instant)
            WHERE i.instant <> (i.instant AT TIME ZONE z.name)::date::timestamp AT TIME ZONE z.name)
)
SELECT z.name, b.days, s.change_days, s.shifts
FROM fitting AS z
CROSS JOIN LATERAL (
    SELECT array_agg((i.instant AT TIME ZONE z.name)::date - date '1970-01-01' ORDER BY i.place) AS days
    FROM unnest($1::timestamptz[]) WITH ORDINALITY AS i (instant, place)
) AS b
CROSS JOIN LATERAL (
    SELECT array_agg(c.day ORDER BY c.day) AS change_days, array_agg(c.shift ORDER BY c.day) AS shifts
    FROM (
        SELECT h.day, h.shift, lag(h.shift) OVER (ORDER BY h.day) AS before
        FROM generate_series($2::integer, $3::integer) AS d (day)
        CROSS JOIN LATERAL (
            SELECT d.day, (extract(epoch FROM (date '1970-01-01' + d.day)::timestamp AT TIME ZONE z.name) * 1000000)::bigint
                - d.day * 86400000000 AS shift
        ) AS h
    ) AS c
    WHERE c.shift IS DISTINCT FROM c.before
) AS s
ORDER BY z.name COLLATE "C"
