CREATE MATERIALIZED VIEW mcp.active_embedding_models AS
SELECT
    m.id, m.provider, m.model_name, m.model_version, m.model_id, m.model_type, m.dimensions, m.min_dimensions,
    m.max_tokens, m.supports_binary, m.supports_dimensionality_reduction, m.cost_per_million_tokens, m.capabilities,
    m.deprecated_at, m.sunset_at
FROM mcp.embedding_models AS m
WHERE m.is_active
    AND (m.deprecated_at IS NULL OR m.deprecated_at > now())
    AND (m.sunset_at IS NULL OR m.sunset_at > now());
ALTER MATERIALIZED VIEW mcp.active_embedding_models OWNER TO mcp_owner;
REVOKE ALL ON mcp.active_embedding_models FROM PUBLIC, mcp_application, mcp_readonly;

CREATE UNIQUE INDEX active_embedding_models_key ON mcp.active_embedding_models (id);

COMMENT ON MATERIALIZED VIEW mcp.active_embedding_models IS
    'The models of the registry that were active, and neither deprecated nor past their sunset, at the last refresh. '
    'Application roles read it through get_available_models().';
COMMENT ON COLUMN mcp.active_embedding_models.id IS 'Key of the model in embedding_models.';
COMMENT ON COLUMN mcp.active_embedding_models.provider IS 'Who serves the model.';
COMMENT ON COLUMN mcp.active_embedding_models.model_name IS 'The model''s name at its provider.';
COMMENT ON COLUMN mcp.active_embedding_models.model_version IS 'The provider''s version; empty where there is none.';
COMMENT ON COLUMN mcp.active_embedding_models.model_id IS 'What the provider''s interface wants as its identifier.';
COMMENT ON COLUMN mcp.active_embedding_models.model_type IS 'What the model embeds: text, code or multimodal.';
COMMENT ON COLUMN mcp.active_embedding_models.dimensions IS 'Dimensions of its vectors.';
COMMENT ON COLUMN mcp.active_embedding_models.min_dimensions IS 'Fewest dimensions that it can be asked for.';
COMMENT ON COLUMN mcp.active_embedding_models.max_tokens IS 'Longest input, in tokens of the model.';
COMMENT ON COLUMN mcp.active_embedding_models.supports_binary IS 'Whether it can return binary vectors.';
COMMENT ON COLUMN mcp.active_embedding_models.supports_dimensionality_reduction IS
    'Whether it can be asked for fewer dimensions.';
COMMENT ON COLUMN mcp.active_embedding_models.cost_per_million_tokens IS
    'Price of a million input tokens, in US dollars.';
COMMENT ON COLUMN mcp.active_embedding_models.capabilities IS 'Further properties, a JSON object.';
COMMENT ON COLUMN mcp.active_embedding_models.deprecated_at IS 'When it will be deprecated, where that is known.';
COMMENT ON COLUMN mcp.active_embedding_models.sunset_at IS 'When its provider will stop, where that is known.';
