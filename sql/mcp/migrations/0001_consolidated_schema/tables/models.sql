CREATE TABLE mcp.models (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(255) NOT NULL,
    provider varchar(50),
    model_type varchar(50),
    context_window integer,
    capabilities jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.models OWNER TO mcp_owner;
REVOKE ALL ON mcp.models FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.models TO mcp_application, mcp_readonly;

CREATE INDEX models_active_idx ON mcp.models (provider, name) WHERE is_active;

CREATE TRIGGER models_updated_at BEFORE UPDATE ON mcp.models
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.models IS
    'The language models that agents work with, shared by all tenants. Those for embeddings are in embedding_models.';
COMMENT ON COLUMN mcp.models.id IS 'Key.';
COMMENT ON COLUMN mcp.models.name IS 'The model''s name at its provider.';
COMMENT ON COLUMN mcp.models.provider IS 'Who serves the model, such as anthropic or bedrock.';
COMMENT ON COLUMN mcp.models.model_type IS 'What the model is for, such as chat or completion.';
COMMENT ON COLUMN mcp.models.context_window IS 'Longest context, in tokens of the model.';
COMMENT ON COLUMN mcp.models.capabilities IS 'Further properties, a JSON object.';
COMMENT ON COLUMN mcp.models.is_active IS 'Whether agents may pick it.';
COMMENT ON COLUMN mcp.models.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.models.updated_at IS 'When the row was last changed; kept by a trigger.';
