-- Part of the queries on materialized views (v): what decides how one is refreshed.
SELECT
    -- What REFRESH ... CONCURRENTLY looks for: unique, immediate, valid, on plain columns, without a WHERE.
    coalesce(keys.are_valid, false) AS has_unique_index,
    coalesce(keys.valid[:5], '{}') AS unique_indexes,
    coalesce(keys.invalid[:5], '{}') AS invalid_indexes,
    -- Whether there is anything for left_code.sql.
    EXISTS (
        SELECT FROM pg_index AS i WHERE i.indrelid = v.oid AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
        UNION ALL
        SELECT
        FROM pg_index AS i
        JOIN pg_attribute AS a ON a.attrelid = i.indexrelid AND a.atttypid >= 16384
        WHERE i.indrelid = v.oid
        UNION ALL
        SELECT FROM pg_statistic_ext AS s WHERE s.stxrelid = v.oid AND s.stxexprs IS NOT NULL
    ) AS may_run_code
FROM (
    -- Names become part of statements: none of an encoding that nobody knows.
    SELECT
        bool_or(i.indisvalid) AS are_valid,
        array_agg(x.relname::text ORDER BY x.relname) FILTER (WHERE i.indisvalid AND named.it) AS valid,
        array_agg(x.relname::text ORDER BY x.relname) FILTER (WHERE NOT i.indisvalid AND named.it) AS invalid
    FROM pg_index AS i
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_am AS m ON m.oid = x.relam
    CROSS JOIN LATERAL (SELECT getdatabaseencoding() <> 'SQL_ASCII' OR x.relname ~ '^[ -~]*$') AS named (it)
    WHERE i.indrelid = v.oid AND i.indisunique AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL AND m.amname = 'btree'
) AS keys
