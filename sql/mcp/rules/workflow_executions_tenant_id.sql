-- A row belongs to the tenant of what it is a part of.
-- column: workflow_executions.tenant_id
-- reads: workflows
-- refuse:
SELECT o.value, o.count
FROM (SELECT NULL::uuid AS tenant_id) AS absent
-- Unqualified, so that it is the row's own tenant where the table has that column already.
CROSS JOIN LATERAL (
    SELECT 'workflow_id ' || r.workflow_id AS value, count(*) AS count
    FROM mcp.workflow_executions AS r
    WHERE tenant_id IS NULL
        AND NOT EXISTS (SELECT FROM mcp.workflows AS w WHERE w.id = r.workflow_id AND w.tenant_id IS NOT NULL)
    GROUP BY r.workflow_id
) AS o
ORDER BY o.count DESC, o.value
-- value:
(SELECT w.tenant_id FROM mcp.workflows AS w WHERE w.id = r.workflow_id)
