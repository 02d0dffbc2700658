CREATE TABLE mcp.agents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(50),
    model_id uuid,
    description text,
    capabilities text[] NOT NULL DEFAULT '{}',
    configuration jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.agents OWNER TO mcp_owner;
REVOKE ALL ON mcp.agents FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.agents TO mcp_application;
GRANT SELECT ON mcp.agents TO mcp_readonly;

ALTER TABLE mcp.agents ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.agents
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX agents_tenant_idx ON mcp.agents (tenant_id, name);
CREATE INDEX agents_tenant_active_idx ON mcp.agents (tenant_id, type) WHERE is_active;
CREATE INDEX agents_model_idx ON mcp.agents (model_id);

CREATE TRIGGER agents_updated_at BEFORE UPDATE ON mcp.agents
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.agents IS 'The agents of the tenants.';
COMMENT ON COLUMN mcp.agents.id IS 'Key.';
COMMENT ON COLUMN mcp.agents.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.agents.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.agents.type IS 'What kind of agent it is, as the platform names it.';
COMMENT ON COLUMN mcp.agents.model_id IS
    'The language model that it works with, where one is chosen. A note, no foreign key.';
COMMENT ON COLUMN mcp.agents.description IS 'What it is for.';
COMMENT ON COLUMN mcp.agents.capabilities IS 'What it can be asked to do.';
COMMENT ON COLUMN mcp.agents.configuration IS 'How it is set up, a JSON object without secrets.';
COMMENT ON COLUMN mcp.agents.is_active IS 'Whether tasks may be assigned to it.';
COMMENT ON COLUMN mcp.agents.last_seen_at IS 'When it last reported.';
COMMENT ON COLUMN mcp.agents.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.agents.updated_at IS 'When the row was last changed; kept by a trigger.';
