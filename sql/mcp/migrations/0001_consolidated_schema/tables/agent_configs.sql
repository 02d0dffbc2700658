-- The key is without the tenant, as other programs know it: of two tenants that name an agent alike, the second is
-- refused a version that the first has. The platform names agents so that it does not happen.
CREATE TABLE mcp.agent_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255) NOT NULL,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    embedding_strategy varchar(20) NOT NULL DEFAULT 'balanced'
        CHECK (embedding_strategy IN ('balanced', 'quality', 'speed', 'cost')),
    model_preferences jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(model_preferences) = 'array'),
    constraints jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(constraints) = 'object'),
    fallback_behavior jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fallback_behavior) = 'object'),
    is_active boolean NOT NULL DEFAULT true,
    created_by varchar(255),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agent_id, version)
);
ALTER TABLE mcp.agent_configs OWNER TO mcp_owner;
REVOKE ALL ON mcp.agent_configs FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.agent_configs TO mcp_application;
GRANT SELECT ON mcp.agent_configs TO mcp_readonly;

ALTER TABLE mcp.agent_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.agent_configs
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX agent_configs_active_idx ON mcp.agent_configs (tenant_id, agent_id, version DESC) WHERE is_active;

CREATE TRIGGER agent_configs_updated_at BEFORE UPDATE ON mcp.agent_configs
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.agent_configs IS 'How each agent picks its embedding models, with the versions before.';
COMMENT ON COLUMN mcp.agent_configs.id IS 'Key.';
COMMENT ON COLUMN mcp.agent_configs.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.agent_configs.agent_id IS 'The agent, as embeddings.agent_id names it.';
COMMENT ON COLUMN mcp.agent_configs.version IS 'Counts up with each new configuration of the agent, from 1.';
COMMENT ON COLUMN mcp.agent_configs.embedding_strategy IS
    'What counts when a model is picked: balanced, quality, speed or cost.';
COMMENT ON COLUMN mcp.agent_configs.model_preferences IS 'The models to try, a JSON array, the first one first.';
COMMENT ON COLUMN mcp.agent_configs.constraints IS 'What a model must keep to, such as cost or latency, a JSON object.';
COMMENT ON COLUMN mcp.agent_configs.fallback_behavior IS 'What to do when a model does not answer, a JSON object.';
COMMENT ON COLUMN mcp.agent_configs.is_active IS 'Whether it may be used: the highest such version counts.';
COMMENT ON COLUMN mcp.agent_configs.created_by IS 'The user, agent or service that made it.';
COMMENT ON COLUMN mcp.agent_configs.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.agent_configs.updated_at IS 'When the row was last changed; kept by a trigger.';
