-- plpgsql, so that only objects cost a call: of a key that one side lacks, the value is taken as it is.
CREATE FUNCTION mcp.jsonb_merge_recursive(base jsonb, patch jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF base IS NULL OR patch IS NULL THEN
        RETURN coalesce(patch, base);
    END IF;
    IF jsonb_typeof(base) <> 'object' OR jsonb_typeof(patch) <> 'object' THEN
        RETURN patch;
    END IF;
    RETURN base || patch || coalesce(
        (
            SELECT jsonb_object_agg(p.key, mcp.jsonb_merge_recursive(base -> p.key, p.value))
            FROM jsonb_each(patch) AS p
            WHERE jsonb_typeof(p.value) = 'object' AND jsonb_typeof(base -> p.key) = 'object'
        ),
        '{}');
END
$$;
ALTER FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) IS
    'The base with the patch laid over it: objects are merged key by key, at every depth; of anything else, arrays '
    'too, the patch''s value is taken whole. A JSON null in the patch is such a value and removes no key. An SQL NULL '
    'is no document: the other one is returned.';
