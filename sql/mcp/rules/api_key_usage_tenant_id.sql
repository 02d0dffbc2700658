-- A row belongs to the tenant of what it is a part of.
-- column: api_key_usage.tenant_id
-- reads: api_keys
-- refuse:
SELECT o.value, o.count
FROM (SELECT NULL::uuid AS tenant_id) AS absent
-- Unqualified, so that it is the row's own tenant where the table has that column already.
CROSS JOIN LATERAL (
    SELECT 'api_key_id ' || r.api_key_id AS value, count(*) AS count
    FROM mcp.api_key_usage AS r
    WHERE tenant_id IS NULL
        AND NOT EXISTS (SELECT FROM mcp.api_keys AS k WHERE k.id = r.api_key_id AND k.tenant_id IS NOT NULL)
    GROUP BY r.api_key_id
) AS o
ORDER BY o.count DESC, o.value
-- value:
(SELECT k.tenant_id FROM mcp.api_keys AS k WHERE k.id = r.api_key_id)
