-- What decides whether the partitioned tables $1 (oids) are to be analyzed: how many rows of their leaves were inserted, updated
-- and deleted since the server counts them, and since when it has statistics of the whole.
WITH RECURSIVE descendants (parent, oid) AS (
    SELECT w.oid, w.oid FROM unnest($1::oid[]) AS w (oid)
    UNION
    SELECT d.parent, h.inhrelid FROM descendants AS d JOIN pg_inherits AS h ON h.inhparent = d.oid
),
leaves AS (
    SELECT
        d.parent,
        count(*) FILTER (WHERE c.relkind = 'r') AS count,
        -- None below zero, which is a leaf that nobody has analyzed or vacuumed yet.
        least(coalesce(sum(greatest(c.reltuples, 0)::float8) FILTER (WHERE c.relkind <> 'p'), 0), 1e15)::bigint AS rows,
        sum(
            pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid)
        ) FILTER (WHERE c.relkind <> 'p')::bigint AS changes,
        (array_agg(c.oid ORDER BY c.oid) FILTER (WHERE c.relkind = 'f'))[1] AS foreign_table,
        (array_agg(c.oid ORDER BY c.oid) FILTER (WHERE c.relowner <> t.relowner))[1] AS of_another
    FROM descendants AS d
    JOIN pg_class AS t ON t.oid = d.parent
    JOIN pg_class AS c ON c.oid = d.oid
    GROUP BY d.parent
)
SELECT
    t.oid,
    coalesce(l.count, 0) AS leaves,
    coalesce(l.rows, 0) AS rows,
    coalesce(l.changes, 0) AS changes,
    current_setting('autovacuum_analyze_threshold')::bigint AS threshold,
    current_setting('autovacuum_analyze_scale_factor')::float8 AS scale_factor,
    t.reltuples >= 0 AS is_analyzed,
    (extract(epoch FROM greatest(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)))
        * 1000000)::bigint AS last_analyzed,
    -- MAINTAIN came with 17. NULL of a table that was dropped meanwhile: the function does not follow the snapshot.
    current_setting('server_version_num')::integer >= 170000
        AND coalesce(
            has_table_privilege(
                t.oid,
                CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN 'MAINTAIN' ELSE 'SELECT' END
            ),
            false
        ) AS may_maintain,
    f.relname IS NOT NULL AS has_foreign_table,
    fn.nspname AS foreign_schema,
    f.relname AS foreign_name,
    o.relname IS NOT NULL AS has_other,
    n.nspname AS other_schema,
    o.relname AS other_name,
    pg_get_userbyid(o.relowner) AS other_owner,
    foreign_schema.name AS schema_name,
    foreign_schema.owner AS schema_owner
FROM pg_class AS t
LEFT JOIN leaves AS l ON l.parent = t.oid
LEFT JOIN pg_class AS f ON f.oid = l.foreign_table
LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
LEFT JOIN pg_class AS o ON o.oid = l.of_another
LEFT JOIN pg_namespace AS n ON n.oid = o.relnamespace
-- Its schema, if that is another's: he could put another table in its place.
LEFT JOIN LATERAL (
    -- include run/catalog/foreign_schema
) AS foreign_schema ON true
WHERE t.oid = ANY ($1::oid[]) AND t.relkind = 'p'
