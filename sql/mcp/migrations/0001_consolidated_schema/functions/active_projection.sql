-- STABLE: called in one query beside normalize_embedding(), it tells the very matrix that made the vector.
CREATE FUNCTION mcp.active_projection(model uuid, model_dimensions integer) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.id
    FROM mcp.projection_matrices AS p
    WHERE p.from_model = model AND p.from_dimensions = model_dimensions AND p.is_active AND model_dimensions > 1536
$$;
ALTER FUNCTION mcp.active_projection(uuid, integer) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.active_projection(uuid, integer) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.active_projection(uuid, integer) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.active_projection(uuid, integer) IS
    'The projection matrix that vectors of that model with that many dimensions go through; NULL where none is needed '
    '(up to 1536 dimensions), and where none is active.';
