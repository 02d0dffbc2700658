-- No foreign keys: what happened is kept when the delegation is gone, and keeps no month of tasks from being dropped.
CREATE TABLE mcp.task_delegation_history (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    delegation_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    delegated_by uuid,
    delegated_to uuid NOT NULL,
    delegation_type mcp.delegation_type NOT NULL,
    status varchar(20) NOT NULL,
    reason text,
    changed_by varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.task_delegation_history OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_delegation_history FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.task_delegation_history TO mcp_application, mcp_readonly;

ALTER TABLE mcp.task_delegation_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_delegation_history
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_delegation_history_task_idx ON mcp.task_delegation_history (task_id, task_created_at, created_at);
CREATE INDEX task_delegation_history_delegation_idx ON mcp.task_delegation_history (delegation_id, created_at);
CREATE INDEX task_delegation_history_tenant_idx ON mcp.task_delegation_history (tenant_id, created_at DESC);

COMMENT ON TABLE mcp.task_delegation_history IS
    'What every delegation was after each change. Written by the trigger validate_task_delegation() alone.';
COMMENT ON COLUMN mcp.task_delegation_history.id IS 'Key.';
COMMENT ON COLUMN mcp.task_delegation_history.tenant_id IS
    'Whose row it is, as of the task; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.task_delegation_history.delegation_id IS 'The delegation.';
COMMENT ON COLUMN mcp.task_delegation_history.task_id IS 'Its task.';
COMMENT ON COLUMN mcp.task_delegation_history.task_created_at IS 'created_at of that task.';
COMMENT ON COLUMN mcp.task_delegation_history.delegated_by IS 'The agent or user that delegates.';
COMMENT ON COLUMN mcp.task_delegation_history.delegated_to IS 'The agent that is asked.';
COMMENT ON COLUMN mcp.task_delegation_history.delegation_type IS 'What it is asked for.';
COMMENT ON COLUMN mcp.task_delegation_history.status IS 'What had become of the delegation.';
COMMENT ON COLUMN mcp.task_delegation_history.reason IS 'Why, in words.';
COMMENT ON COLUMN mcp.task_delegation_history.changed_by IS
    'Who changed it: the setting app.current_user, else the login role.';
COMMENT ON COLUMN mcp.task_delegation_history.created_at IS 'When it was changed, by the clock.';
