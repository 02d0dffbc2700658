-- Both from one query, and so from one snapshot: the matrix that is named is the one that made the vector.
CREATE FUNCTION mcp.update_normalized_embedding() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT
        n.vector,
        CASE WHEN n.vector IS NOT NULL THEN mcp.active_projection(NEW.model_id, NEW.model_dimensions) END
    INTO NEW.normalized_embedding, NEW.projection_id
    FROM (
        SELECT mcp.normalize_embedding(NEW.embedding, NEW.model_dimensions, NEW.model_id) AS vector OFFSET 0
    ) AS n;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_normalized_embedding() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_normalized_embedding() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_normalized_embedding() IS
    'Trigger of embeddings: derives normalized_embedding and projection_id from the vector, its model and its number '
    'of dimensions, whatever the writer gave for them.';

CREATE TRIGGER embeddings_normalized_embedding
    BEFORE UPDATE OF embedding, model_id, model_dimensions, normalized_embedding, projection_id ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_normalized_embedding();
COMMENT ON TRIGGER embeddings_normalized_embedding ON mcp.embeddings IS
    'Normalises a changed vector again. SET normalized_embedding = DEFAULT does it for a vector that did not change, '
    'as after a change of the projection matrix.';
