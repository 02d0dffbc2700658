-- IMMUTABLE, so that a CHECK may use it. A document that is NULL gives NULL, as for any other condition of a CHECK.
CREATE FUNCTION mcp.validate_jsonb_keys(document jsonb, required text[], allowed text[] DEFAULT NULL) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN document IS NULL THEN NULL
        WHEN jsonb_typeof(document) <> 'object' THEN false
        ELSE document ?& coalesce(required, '{}')
            AND (allowed IS NULL OR document - allowed - coalesce(required, '{}') = '{}')
    END
$$;
ALTER FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) IS
    'Whether the document is a JSON object that has every required key and, where allowed keys are given, none but '
    'required and allowed ones. It looks at the outermost object alone, and not at values. NULL for no document.';
