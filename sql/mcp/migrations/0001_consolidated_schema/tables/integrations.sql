CREATE TABLE mcp.integrations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(50),
    configuration jsonb NOT NULL DEFAULT '{}',
    credentials bytea,
    is_active boolean NOT NULL DEFAULT true,
    last_sync_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.integrations OWNER TO mcp_owner;
REVOKE ALL ON mcp.integrations FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.integrations TO mcp_application;
-- All but credentials.
GRANT SELECT (id, tenant_id, name, type, configuration, is_active, last_sync_at, created_at, updated_at)
    ON mcp.integrations TO mcp_readonly;

ALTER TABLE mcp.integrations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.integrations
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX integrations_tenant_idx ON mcp.integrations (tenant_id, type);
CREATE INDEX integrations_tenant_active_idx ON mcp.integrations (tenant_id, last_sync_at) WHERE is_active;

CREATE TRIGGER integrations_updated_at BEFORE UPDATE ON mcp.integrations
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.integrations IS 'Services outside that the tenants have connected.';
COMMENT ON COLUMN mcp.integrations.id IS 'Key.';
COMMENT ON COLUMN mcp.integrations.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.integrations.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.integrations.type IS 'What is connected, such as github or slack.';
COMMENT ON COLUMN mcp.integrations.configuration IS 'How it is reached, a JSON object without secrets.';
COMMENT ON COLUMN mcp.integrations.credentials IS 'What proves who the platform is there, encrypted by the platform.';
COMMENT ON COLUMN mcp.integrations.is_active IS 'Whether the platform uses it.';
COMMENT ON COLUMN mcp.integrations.last_sync_at IS 'When it was last read from or written to.';
COMMENT ON COLUMN mcp.integrations.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.integrations.updated_at IS 'When the row was last changed; kept by a trigger.';
