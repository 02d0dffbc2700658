-- The partitions of the tables $1 (oids), the DEFAULT ones apart. A bound is 'minimum' (MINVALUE, -infinity), 'maximum'
-- (MAXVALUE, infinity), or microseconds since 1970-01-01 00:00:00 UTC, with timestamp and date read as if they were UTC.
-- Under TimeZone=UTC and DateStyle=ISO, which every session pins; only for keys of those types.
SELECT
    h.inhparent AS parent,
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind = 'p' AS is_partitioned,
    c.relkind = 'f' AS is_foreign,
    h.inhdetachpending AS is_detach_pending,
    -- Partitioned itself, and nothing is below it yet that takes a row.
    c.relkind = 'p' AND NOT EXISTS (SELECT FROM pg_inherits AS l WHERE l.inhparent = c.oid) AS is_empty,
    -- Dropped, or detached, while the snapshot was read.
    b.bound IS NULL AS is_gone,
    points.texts[1] AS lower,
    points.texts[2] AS upper
FROM pg_inherits AS h
JOIN pg_class AS c ON c.oid = h.inhrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_partitioned_table AS p ON p.partrelid = h.inhparent
CROSS JOIN LATERAL (
    -- Bounds have no columns, so no relation is named: pg_get_expr would lock it, and wait behind whoever rewrites a
    -- partition.
    SELECT regexp_match(pg_get_expr(c.relpartbound, 0), $$^FOR VALUES FROM \('?([^']*)'?\) TO \('?([^']*)'?\)$$)
        AS bound
) AS b
CROSS JOIN LATERAL (
    SELECT array_agg(
        CASE
            WHEN v.text IN ('MINVALUE', '-infinity') THEN 'minimum'
            WHEN v.text IN ('MAXVALUE', 'infinity') THEN 'maximum'
            -- A date reaches further than a timestamptz, which ends in the year 294276.
            WHEN v.text ~ '^\d{6,}-' THEN 'maximum'
            ELSE (extract(epoch FROM v.text::timestamptz) * 1000000)::bigint::text
        END
        ORDER BY v.place
    ) AS texts
    FROM unnest(b.bound) WITH ORDINALITY AS v (text, place)
) AS points
WHERE h.inhparent = ANY ($1::oid[]) AND c.oid <> p.partdefid
ORDER BY h.inhparent, c.oid
