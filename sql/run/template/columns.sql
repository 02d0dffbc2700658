-- Columns of the tables $1 (oids) whose settings are not what LIKE would copy from their parents.
SELECT
    a.attrelid AS oid,
    a.attname AS name,
    -- The default is -1 up to 16 and NULL from 17.
    nullif(a.attstattarget, -1)::integer AS statistics_target,
    o.options,
    CASE WHEN a.attstorage <> p.attstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
    END AS storage,
    CASE WHEN a.attcompression <> p.attcompression THEN
        CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE 'default' END
    END AS compression
FROM pg_attribute AS a
JOIN pg_inherits AS h ON h.inhrelid = a.attrelid
JOIN pg_attribute AS p ON p.attrelid = h.inhparent AND p.attname = a.attname AND NOT p.attisdropped
-- The options that the manual lets a user set. A server may keep others here for itself (Debian's 15.20 has a
-- pg_attver for every column): those are nobody's setting.
CROSS JOIN LATERAL (
    SELECT ARRAY (
        SELECT option
        FROM unnest(a.attoptions) WITH ORDINALITY AS all_options (option, position)
        WHERE split_part(option, '=', 1) IN ('n_distinct', 'n_distinct_inherited')
        ORDER BY position
    ) AS options
) AS o
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND (nullif(a.attstattarget, -1) IS NOT NULL OR o.options <> '{}' OR a.attstorage <> p.attstorage
        OR a.attcompression <> p.attcompression)
ORDER BY a.attrelid, a.attnum
