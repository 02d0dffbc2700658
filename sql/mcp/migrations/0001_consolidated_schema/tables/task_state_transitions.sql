-- No foreign key: what happened keeps no month of tasks from being dropped.
CREATE TABLE mcp.task_state_transitions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    from_status mcp.task_status NOT NULL,
    to_status mcp.task_status NOT NULL,
    changed_by varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.task_state_transitions OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_state_transitions FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.task_state_transitions TO mcp_application, mcp_readonly;

ALTER TABLE mcp.task_state_transitions ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_state_transitions
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_state_transitions_task_idx ON mcp.task_state_transitions (task_id, task_created_at, created_at);
CREATE INDEX task_state_transitions_tenant_idx ON mcp.task_state_transitions (tenant_id, created_at DESC);

COMMENT ON TABLE mcp.task_state_transitions IS
    'Every move of every task from one status to another. Written by the trigger validate_task_transition() alone.';
COMMENT ON COLUMN mcp.task_state_transitions.id IS 'Key.';
COMMENT ON COLUMN mcp.task_state_transitions.tenant_id IS
    'Whose row it is, as of the task; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.task_state_transitions.task_id IS 'The task.';
COMMENT ON COLUMN mcp.task_state_transitions.task_created_at IS 'created_at of the task.';
COMMENT ON COLUMN mcp.task_state_transitions.from_status IS 'Where it stood.';
COMMENT ON COLUMN mcp.task_state_transitions.to_status IS 'Where it has stood since.';
COMMENT ON COLUMN mcp.task_state_transitions.changed_by IS
    'Who moved it: the setting app.current_user, else the login role.';
COMMENT ON COLUMN mcp.task_state_transitions.created_at IS
    'When it was moved, by the clock: the moves of one transaction keep their order.';
