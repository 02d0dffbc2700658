CREATE TABLE mcp.embedding_models (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_version varchar(50) NOT NULL DEFAULT '',
    model_id varchar(255),
    model_type varchar(20) NOT NULL DEFAULT 'text' CHECK (model_type IN ('text', 'code', 'multimodal')),
    dimensions integer NOT NULL CHECK (dimensions BETWEEN 1 AND 4096),
    min_dimensions integer CHECK (min_dimensions BETWEEN 1 AND dimensions),
    max_tokens integer CHECK (max_tokens > 0),
    supports_binary boolean NOT NULL DEFAULT false,
    supports_dimensionality_reduction boolean NOT NULL DEFAULT false,
    cost_per_million_tokens numeric(10, 4) CHECK (cost_per_million_tokens >= 0),
    capabilities jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(capabilities) = 'object'),
    is_active boolean NOT NULL DEFAULT true,
    deprecated_at timestamptz,
    sunset_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, model_name, model_version)
);
ALTER TABLE mcp.embedding_models OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_models FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.embedding_models TO mcp_application, mcp_readonly;

CREATE INDEX embedding_models_active_idx ON mcp.embedding_models (model_type, provider, model_name) WHERE is_active;

CREATE TRIGGER embedding_models_updated_at BEFORE UPDATE ON mcp.embedding_models
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.embedding_models IS
    'The registry of embedding models, shared by all tenants: what each can do, what it costs, and until when.';
COMMENT ON COLUMN mcp.embedding_models.id IS 'Key.';
COMMENT ON COLUMN mcp.embedding_models.provider IS 'Who serves the model, such as openai or bedrock.';
COMMENT ON COLUMN mcp.embedding_models.model_name IS 'The model''s name at its provider.';
COMMENT ON COLUMN mcp.embedding_models.model_version IS
    'The provider''s version of the model; empty, never NULL, where there is none, so that the key stays unique.';
COMMENT ON COLUMN mcp.embedding_models.model_id IS 'What the provider''s interface wants as the model''s identifier.';
COMMENT ON COLUMN mcp.embedding_models.model_type IS 'What the model embeds: text, code or multimodal.';
COMMENT ON COLUMN mcp.embedding_models.dimensions IS 'Dimensions of its vectors, 1 to 4096.';
COMMENT ON COLUMN mcp.embedding_models.min_dimensions IS
    'Fewest dimensions that it can be asked for, where it supports a reduction.';
COMMENT ON COLUMN mcp.embedding_models.max_tokens IS 'Longest input, in tokens of the model.';
COMMENT ON COLUMN mcp.embedding_models.supports_binary IS 'Whether it can return binary vectors.';
COMMENT ON COLUMN mcp.embedding_models.supports_dimensionality_reduction IS
    'Whether it can be asked for fewer dimensions.';
COMMENT ON COLUMN mcp.embedding_models.cost_per_million_tokens IS 'Price of a million input tokens, in US dollars.';
COMMENT ON COLUMN mcp.embedding_models.capabilities IS 'Further properties, a JSON object.';
COMMENT ON COLUMN mcp.embedding_models.is_active IS 'Whether callers may pick it.';
COMMENT ON COLUMN mcp.embedding_models.deprecated_at IS 'From this instant on, new work should not pick it.';
COMMENT ON COLUMN mcp.embedding_models.sunset_at IS 'From this instant on, its provider no longer serves it.';
COMMENT ON COLUMN mcp.embedding_models.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.embedding_models.updated_at IS 'When the row was last changed; kept by a trigger.';
