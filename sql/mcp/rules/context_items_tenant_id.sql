-- A row belongs to the tenant of what it is a part of.
-- column: context_items.tenant_id
-- reads: contexts
-- refuse:
SELECT o.value, o.count
FROM (SELECT NULL::uuid AS tenant_id) AS absent
-- Unqualified, so that it is the row's own tenant where the table has that column already.
CROSS JOIN LATERAL (
    SELECT 'context_id ' || r.context_id AS value, count(*) AS count
    FROM mcp.context_items AS r
    WHERE tenant_id IS NULL
        AND NOT EXISTS (SELECT FROM mcp.contexts AS c WHERE c.id = r.context_id AND c.tenant_id IS NOT NULL)
    GROUP BY r.context_id
) AS o
ORDER BY o.count DESC, o.value
-- value:
(SELECT c.tenant_id FROM mcp.contexts AS c WHERE c.id = r.context_id)
