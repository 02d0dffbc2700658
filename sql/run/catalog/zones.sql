-- What the server knows of the zone $1: the local day of each of the instants $2, and when it begins.
SELECT
    (extract(epoch FROM i.instant) * 1000000)::bigint AS instant,
    (d.day - date '1970-01-01') AS day,
    (extract(epoch FROM d.day::timestamp AT TIME ZONE $1::text) * 1000000)::bigint AS starts_at
FROM unnest($2::timestamptz[]) AS i (instant)
CROSS JOIN LATERAL (SELECT (i.instant AT TIME ZONE $1::text)::date AS day) AS d
