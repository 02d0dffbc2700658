-- What search compares, for vectors that nobody has normalised: its trigger derives it, and names the matrix that made
-- it; an update that touches the vector fires it. Where it is NULL by its nature it stays so.
-- column: embeddings.normalized_embedding
-- reads: embedding_models
-- reads: projection_matrices
-- by: embedding
-- where:
r.normalized_embedding IS NULL AND r.embedding IS NOT NULL
    AND mcp.normalize_embedding(r.embedding, r.model_dimensions, r.model_id) IS NOT NULL
-- report:
SELECT
    CASE
        WHEN g.model_dimensions IS NULL THEN 'of an unknown number of dimensions'
        WHEN g.model_dimensions > 1536 AND mcp.active_projection(g.model_id, g.model_dimensions) IS NULL
            THEN format('of %s dimensions, for which model %s has no active projection matrix', g.model_dimensions,
                coalesce((
                    SELECT m.provider || '/' || m.model_name
                    FROM mcp.embedding_models AS m
                    WHERE m.id = g.model_id
                ), '(unknown)'))
        ELSE 'of zeros, or of fewer dimensions than model_dimensions says'
    END AS value,
    sum(g.count)::bigint AS count
FROM (
    SELECT r.model_id, r.model_dimensions, count(*) AS count
    FROM mcp.embeddings AS r
    WHERE r.embedding IS NOT NULL AND r.normalized_embedding IS NULL
    GROUP BY r.model_id, r.model_dimensions
) AS g
GROUP BY 1
