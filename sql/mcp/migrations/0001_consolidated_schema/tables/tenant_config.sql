CREATE TABLE mcp.tenant_config (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL UNIQUE,
    rate_limits jsonb NOT NULL DEFAULT '{}',
    features jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(features) = 'object'),
    allowed_origins text[] NOT NULL DEFAULT '{}',
    service_tokens jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(service_tokens) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_config_rate_limits CHECK (
        mcp.validate_jsonb_keys(
            rate_limits, '{}', '{requests_per_minute,requests_per_hour,requests_per_day,concurrent_requests}')
    )
);
ALTER TABLE mcp.tenant_config OWNER TO mcp_owner;
REVOKE ALL ON mcp.tenant_config FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.tenant_config TO mcp_application;
-- All but service_tokens.
GRANT SELECT (id, tenant_id, rate_limits, features, allowed_origins, created_at, updated_at) ON mcp.tenant_config
    TO mcp_readonly;

ALTER TABLE mcp.tenant_config ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.tenant_config
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE TRIGGER tenant_config_updated_at BEFORE UPDATE ON mcp.tenant_config
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.tenant_config IS
    'How the platform is set up for each tenant: one row a tenant, where anything differs from the defaults.';
COMMENT ON COLUMN mcp.tenant_config.id IS 'Key.';
COMMENT ON COLUMN mcp.tenant_config.tenant_id IS 'The tenant; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.tenant_config.rate_limits IS
    'Requests that the tenant may make, a JSON object; a key that is missing stands for no limit of its own.';
COMMENT ON COLUMN mcp.tenant_config.features IS 'What is switched on or off for the tenant, a JSON object.';
COMMENT ON COLUMN mcp.tenant_config.allowed_origins IS 'Origins from which browsers may call.';
COMMENT ON COLUMN mcp.tenant_config.service_tokens IS
    'Tokens for services that the platform calls for the tenant, encrypted by the platform: a JSON object by service.';
COMMENT ON COLUMN mcp.tenant_config.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.tenant_config.updated_at IS 'When the row was last changed; kept by a trigger.';

COMMENT ON CONSTRAINT tenant_config_rate_limits ON mcp.tenant_config IS
    'A limit under a misspelled name would limit nothing.';
