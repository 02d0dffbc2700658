-- Publications that name the tables $1 (oids) themselves, with what each publishes of them: NULL is all columns, and
-- all rows.
SELECT
    r.prrelid AS oid,
    b.pubname AS name,
    CASE WHEN r.prattrs IS NOT NULL THEN ARRAY (
        SELECT a.attname::text
        FROM pg_attribute AS a
        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::smallint[])
        ORDER BY a.attname
    ) END AS columns,
    pg_get_expr(r.prqual, r.prrelid) AS filter
FROM pg_publication_rel AS r
JOIN pg_publication AS b ON b.oid = r.prpubid
WHERE r.prrelid = ANY ($1::oid[])
ORDER BY r.prrelid, b.pubname
