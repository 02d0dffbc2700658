CREATE FUNCTION mcp.validate_projection_matrix() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (NEW.from_model, NEW.from_dimensions, NEW.to_dimensions, NEW.matrix)
        IS DISTINCT FROM (OLD.from_model, OLD.from_dimensions, OLD.to_dimensions, OLD.matrix)
    THEN
        RAISE EXCEPTION 'projection matrix % cannot be changed: rows that it projected would pass for rows of another',
            OLD.id
            USING ERRCODE = 'object_not_in_prerequisite_state', SCHEMA = 'mcp', TABLE = 'projection_matrices',
                HINT = 'Insert another, make it the active one, and normalise the rows of the model again.';
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.validate_projection_matrix() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_projection_matrix() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_projection_matrix() IS
    'Trigger of projection_matrices, BEFORE UPDATE: refuses another matrix, model or number of dimensions under the '
    'same id (55000), since embeddings name by projection_id what projected them.';

CREATE TRIGGER projection_matrices_unchanged
    BEFORE UPDATE OF from_model, from_dimensions, to_dimensions, matrix ON mcp.projection_matrices
    FOR EACH ROW EXECUTE FUNCTION mcp.validate_projection_matrix();
COMMENT ON TRIGGER projection_matrices_unchanged ON mcp.projection_matrices IS
    'A matrix stays what it was when rows were projected by it.';
