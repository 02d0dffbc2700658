CREATE TABLE mcp.webhook_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    organization_name varchar(255) NOT NULL,
    webhook_secret text NOT NULL,
    allowed_events text[] NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, organization_name)
);
ALTER TABLE mcp.webhook_configs OWNER TO mcp_owner;
REVOKE ALL ON mcp.webhook_configs FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.webhook_configs TO mcp_application;
-- All but webhook_secret.
GRANT SELECT (id, tenant_id, organization_name, allowed_events, is_active, created_at, updated_at)
    ON mcp.webhook_configs TO mcp_readonly;

ALTER TABLE mcp.webhook_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.webhook_configs
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX webhook_configs_active_idx ON mcp.webhook_configs (organization_name) WHERE is_active;

CREATE TRIGGER webhook_configs_updated_at BEFORE UPDATE ON mcp.webhook_configs
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.webhook_configs IS 'The organisations whose webhooks a tenant takes.';
COMMENT ON COLUMN mcp.webhook_configs.id IS 'Key.';
COMMENT ON COLUMN mcp.webhook_configs.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.webhook_configs.organization_name IS 'Who calls: the organisation, as its service names it.';
COMMENT ON COLUMN mcp.webhook_configs.webhook_secret IS
    'What the caller signs its calls with, encrypted by the platform.';
COMMENT ON COLUMN mcp.webhook_configs.allowed_events IS 'The kinds of events that are taken; empty for all.';
COMMENT ON COLUMN mcp.webhook_configs.is_active IS 'Whether calls are taken at all.';
COMMENT ON COLUMN mcp.webhook_configs.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.webhook_configs.updated_at IS 'When the row was last changed; kept by a trigger.';
