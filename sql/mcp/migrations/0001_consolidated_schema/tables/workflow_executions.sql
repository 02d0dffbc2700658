-- The foreign key holds the tenant, too: no row can refer to another tenant's, which the policies would not notice.
CREATE TABLE mcp.workflow_executions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'active',
    triggered_by varchar(255),
    input jsonb NOT NULL DEFAULT '{}',
    output jsonb,
    error text,
    started_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, workflow_id) REFERENCES mcp.workflows (tenant_id, id)
);
ALTER TABLE mcp.workflow_executions OWNER TO mcp_owner;
REVOKE ALL ON mcp.workflow_executions FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.workflow_executions TO mcp_application;
GRANT SELECT ON mcp.workflow_executions TO mcp_readonly;

ALTER TABLE mcp.workflow_executions ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workflow_executions
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workflow_executions_workflow_idx ON mcp.workflow_executions (tenant_id, workflow_id, started_at DESC);
CREATE INDEX workflow_executions_unfinished_idx ON mcp.workflow_executions (tenant_id, started_at)
    WHERE completed_at IS NULL;

CREATE TRIGGER workflow_executions_updated_at BEFORE UPDATE ON mcp.workflow_executions
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.workflow_executions IS 'The runs of the workflows.';
COMMENT ON COLUMN mcp.workflow_executions.id IS 'Key.';
COMMENT ON COLUMN mcp.workflow_executions.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workflow_executions.workflow_id IS
    'The workflow that runs. It cannot be removed while its runs are kept.';
COMMENT ON COLUMN mcp.workflow_executions.status IS 'Where the run stands, as the platform names it.';
COMMENT ON COLUMN mcp.workflow_executions.triggered_by IS 'The user, agent or service that started it.';
COMMENT ON COLUMN mcp.workflow_executions.input IS 'What it was started with.';
COMMENT ON COLUMN mcp.workflow_executions.output IS 'What came of it; NULL until there is something.';
COMMENT ON COLUMN mcp.workflow_executions.error IS 'What went wrong, where something did.';
COMMENT ON COLUMN mcp.workflow_executions.started_at IS 'When it began.';
COMMENT ON COLUMN mcp.workflow_executions.completed_at IS 'When it ended, however it did; NULL while it runs.';
COMMENT ON COLUMN mcp.workflow_executions.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.workflow_executions.updated_at IS 'When the row was last changed; kept by a trigger.';
