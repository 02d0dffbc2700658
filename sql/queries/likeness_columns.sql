-- Columns of the tables $1 (oids) whose settings are not what LIKE would copy from their parents.
SELECT
    a.attrelid AS oid,
    a.attname AS name,
    -- The default is -1 up to 16 and NULL from 17.
    nullif(a.attstattarget, -1)::integer AS statistics_target,
    coalesce(a.attoptions, '{}') AS options,
    CASE WHEN a.attstorage <> p.attstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
    END AS storage,
    CASE WHEN a.attcompression <> p.attcompression THEN
        CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE 'default' END
    END AS compression
FROM pg_attribute AS a
JOIN pg_inherits AS h ON h.inhrelid = a.attrelid
JOIN pg_attribute AS p ON p.attrelid = h.inhparent AND p.attname = a.attname AND NOT p.attisdropped
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND (nullif(a.attstattarget, -1) IS NOT NULL OR a.attoptions IS NOT NULL OR a.attstorage <> p.attstorage
        OR a.attcompression <> p.attcompression)
ORDER BY a.attrelid, a.attnum
