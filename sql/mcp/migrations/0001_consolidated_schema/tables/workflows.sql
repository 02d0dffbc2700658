CREATE TABLE mcp.workflows (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    type mcp.workflow_type NOT NULL DEFAULT 'sequential',
    status mcp.workflow_status NOT NULL DEFAULT 'draft',
    version integer NOT NULL DEFAULT 1,
    steps jsonb NOT NULL DEFAULT '[]',
    configuration jsonb NOT NULL DEFAULT '{}',
    created_by varchar(255),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.workflows OWNER TO mcp_owner;
REVOKE ALL ON mcp.workflows FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.workflows TO mcp_application;
GRANT SELECT ON mcp.workflows TO mcp_readonly;

ALTER TABLE mcp.workflows ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workflows
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workflows_tenant_idx ON mcp.workflows (tenant_id, name);
CREATE INDEX workflows_tenant_active_idx ON mcp.workflows (tenant_id, updated_at DESC)
    WHERE status IN ('active', 'paused');

CREATE TRIGGER workflows_updated_at BEFORE UPDATE ON mcp.workflows
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER workflows_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.workflows
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();

COMMENT ON TABLE mcp.workflows IS 'What agents do in several steps. Every change is kept in audit_log.';
COMMENT ON COLUMN mcp.workflows.id IS 'Key.';
COMMENT ON COLUMN mcp.workflows.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workflows.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.workflows.description IS 'What it is for.';
COMMENT ON COLUMN mcp.workflows.type IS 'How its steps follow each other.';
COMMENT ON COLUMN mcp.workflows.status IS 'Where it stands.';
COMMENT ON COLUMN mcp.workflows.version IS 'Counts up with each change of the steps, as its writer does.';
COMMENT ON COLUMN mcp.workflows.steps IS 'The steps: a JSON array, or an object by name.';
COMMENT ON COLUMN mcp.workflows.configuration IS 'What applies to all steps, a JSON object without secrets.';
COMMENT ON COLUMN mcp.workflows.created_by IS 'The user, agent or service that made it.';
COMMENT ON COLUMN mcp.workflows.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.workflows.updated_at IS 'When the row was last changed; kept by a trigger.';
