-- A task is named by both its columns; older rows name their parent by the first alone.
-- column: tasks.parent_task_created_at
-- where:
r.parent_task_id IS NOT NULL AND r.parent_task_created_at IS NULL
    AND EXISTS (SELECT FROM mcp.tasks AS p WHERE p.id = r.parent_task_id AND p.tenant_id = r.tenant_id)
-- value:
(
    SELECT min(p.created_at)
    FROM mcp.tasks AS p
    WHERE p.id = r.parent_task_id AND p.tenant_id = r.tenant_id
)
