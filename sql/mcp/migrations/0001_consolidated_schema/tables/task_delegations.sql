-- The foreign key makes retention of tasks report a month that is still delegated from: a referencing row keeps the
-- month from being detached.
CREATE TABLE mcp.task_delegations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    delegated_by uuid,
    delegated_to uuid NOT NULL,
    delegation_type mcp.delegation_type NOT NULL DEFAULT 'handoff',
    status varchar(20) NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'accepted', 'rejected', 'completed', 'cancelled')),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (task_id, task_created_at) REFERENCES mcp.tasks (id, created_at)
);
ALTER TABLE mcp.task_delegations OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_delegations FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.task_delegations TO mcp_application;
GRANT SELECT ON mcp.task_delegations TO mcp_readonly;

ALTER TABLE mcp.task_delegations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_delegations
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_delegations_task_idx ON mcp.task_delegations (task_id, task_created_at);
CREATE INDEX task_delegations_tenant_idx ON mcp.task_delegations (tenant_id, created_at DESC);
CREATE INDEX task_delegations_unfinished_idx ON mcp.task_delegations (tenant_id, delegated_to, created_at)
    WHERE status IN ('pending', 'accepted');

CREATE TRIGGER task_delegations_updated_at BEFORE UPDATE ON mcp.task_delegations
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.task_delegations IS
    'Who handed a task, or a share in it, to whom. A task has at most max_delegations rows here.';
COMMENT ON COLUMN mcp.task_delegations.id IS 'Key.';
COMMENT ON COLUMN mcp.task_delegations.tenant_id IS
    'Whose row it is, as of the task; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.task_delegations.task_id IS 'The task.';
COMMENT ON COLUMN mcp.task_delegations.task_created_at IS 'created_at of the task.';
COMMENT ON COLUMN mcp.task_delegations.delegated_by IS 'The agent or user that delegates.';
COMMENT ON COLUMN mcp.task_delegations.delegated_to IS 'The agent that is asked.';
COMMENT ON COLUMN mcp.task_delegations.delegation_type IS 'What it is asked for.';
COMMENT ON COLUMN mcp.task_delegations.status IS
    'What became of it: pending, accepted, rejected, completed or cancelled.';
COMMENT ON COLUMN mcp.task_delegations.reason IS 'Why, in words.';
COMMENT ON COLUMN mcp.task_delegations.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.task_delegations.updated_at IS 'When the row was last changed; kept by a trigger.';
