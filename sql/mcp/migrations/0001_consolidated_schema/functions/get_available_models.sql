-- SECURITY DEFINER: application roles have no grant on a materialized view, on which row-level security cannot stand.
-- The registry holds nothing of any tenant. The dates are compared once more: a model may have passed one of them
-- since the last refresh.
CREATE FUNCTION mcp.get_available_models(wanted_provider text DEFAULT NULL, wanted_type text DEFAULT NULL)
RETURNS TABLE (
    id uuid,
    provider varchar,
    model_name varchar,
    model_version varchar,
    model_id varchar,
    model_type varchar,
    dimensions integer,
    min_dimensions integer,
    max_tokens integer,
    supports_binary boolean,
    supports_dimensionality_reduction boolean,
    cost_per_million_tokens numeric,
    capabilities jsonb,
    deprecated_at timestamptz,
    sunset_at timestamptz
)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        a.id, a.provider, a.model_name, a.model_version, a.model_id, a.model_type, a.dimensions, a.min_dimensions,
        a.max_tokens, a.supports_binary, a.supports_dimensionality_reduction, a.cost_per_million_tokens,
        a.capabilities, a.deprecated_at, a.sunset_at
    FROM mcp.active_embedding_models AS a
    WHERE (wanted_provider IS NULL OR a.provider = wanted_provider)
        AND (wanted_type IS NULL OR a.model_type = wanted_type)
        AND (a.deprecated_at IS NULL OR a.deprecated_at > now())
        AND (a.sunset_at IS NULL OR a.sunset_at > now())
    ORDER BY a.provider, a.model_name, a.model_version
$$;
ALTER FUNCTION mcp.get_available_models(text, text) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.get_available_models(text, text) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.get_available_models(text, text) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.get_available_models(text, text) IS
    'The models that a caller may pick now, by provider, name and version; of one provider or one type (text, code, '
    'multimodal) where it is given. A model added since the last refresh of active_embedding_models is not there yet.';
