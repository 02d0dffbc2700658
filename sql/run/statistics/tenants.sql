-- The tenants whose corpus statistics are to be published, as text, in order: those of the source, and those that had
-- rows once and must now read 0. Each list is read by hopping from one tenant to the next in an index that begins
-- with the tenant's column, so its cost follows the tenants, not the rows. Without such an index each hop reads the
-- whole table, as the count of each tenant does then too.
WITH RECURSIVE source_tenants (tenant) AS (
    (SELECT d.{source.tenant}{tenant.cast} FROM {source} AS d ORDER BY d.{source.tenant} LIMIT 1)
    UNION ALL
    SELECT (
        SELECT d.{source.tenant}{tenant.cast}
        FROM {source} AS d
        WHERE d.{source.tenant}{tenant.cast} OPERATOR({tenant.operators}.>) s.tenant
        ORDER BY d.{source.tenant}
        LIMIT 1
    )
    FROM source_tenants AS s
    WHERE s.tenant IS NOT NULL
),
-- when terms:
term_tenants (tenant) AS (
    (SELECT t.{terms.tenant}{tenant.cast} FROM {terms} AS t ORDER BY t.{terms.tenant} LIMIT 1)
    UNION ALL
    SELECT (
        SELECT t.{terms.tenant}{tenant.cast}
        FROM {terms} AS t
        WHERE t.{terms.tenant}{tenant.cast} OPERATOR({tenant.operators}.>) k.tenant
        ORDER BY t.{terms.tenant}
        LIMIT 1
    )
    FROM term_tenants AS k
    WHERE k.tenant IS NOT NULL
),
-- end
tenants (tenant) AS (
    SELECT s.tenant FROM source_tenants AS s
    UNION
    SELECT g.{target.tenant}{tenant.cast} FROM {target} AS g
-- when terms:
    UNION
    SELECT k.tenant FROM term_tenants AS k
-- end
)
SELECT t.tenant::pg_catalog.text AS tenant
FROM tenants AS t
WHERE t.tenant IS NOT NULL
ORDER BY t.tenant;
