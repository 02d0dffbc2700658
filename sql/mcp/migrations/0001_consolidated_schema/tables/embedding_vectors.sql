-- The pinned search_path names no schema, so the type and the operator class of pgvector are written with theirs.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
BEGIN
    EXECUTE format(
        'ALTER TABLE mcp.embeddings ADD COLUMN embedding %1$I.vector(4096), '
        'ADD COLUMN normalized_embedding %1$I.vector(1536), '
        'ADD COLUMN projection_id uuid', home);

    -- Made empty, which pgvector remarks upon; the lists are worth rebuilding once the table has its rows.
    EXECUTE format(
        'CREATE INDEX embeddings_normalized_embedding_idx ON mcp.embeddings '
        'USING ivfflat (normalized_embedding %1$I.vector_cosine_ops) WITH (lists = 100)', home);
END
$$;

CREATE INDEX embeddings_not_normalized_idx ON mcp.embeddings (model_id, created_at)
    WHERE embedding IS NOT NULL AND normalized_embedding IS NULL;

COMMENT ON COLUMN mcp.embeddings.embedding IS
    'The model''s vector, padded with zeros to 4096 dimensions. Not indexed: pgvector indexes at most 2,000. Without '
    'its model (model_id, model_dimensions) it can be compared with nothing, so search never finds it.';
COMMENT ON COLUMN mcp.embeddings.normalized_embedding IS
    'What search compares: normalize_embedding(embedding, model_dimensions, model_id), the model''s own dimensions '
    'divided by their Euclidean length and padded with zeros to 1536. NULL while not computed, for a zero vector, and '
    'for more than 1536 dimensions without an active projection matrix. An UPDATE of any of these derives it anew.';
COMMENT ON COLUMN mcp.embeddings.projection_id IS
    'Which of projection_matrices made normalized_embedding; NULL where none was needed. Search compares rows of the '
    'matrix that is active. A note, no foreign key: a matrix may be removed, and its rows are then not found.';
COMMENT ON INDEX mcp.embeddings_normalized_embedding_idx IS
    'Cosine search. A search filtered by tenant needs ivfflat.iterative_scan, or it finds too little.';
