-- What search compares, for vectors that nobody has normalised: its trigger derives it, and names the matrix that made
-- it; an update that touches the vector fires it. Where it is NULL by its nature it stays so.
-- column: embeddings.normalized_embedding
-- by: embedding
-- where:
r.normalized_embedding IS NULL AND r.embedding IS NOT NULL
    AND mcp.normalize_embedding(r.embedding, r.model_dimensions, r.model_id) IS NOT NULL
