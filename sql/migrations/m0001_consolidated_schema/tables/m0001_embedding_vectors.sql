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
        'ADD COLUMN normalized_embedding %1$I.vector(1536)', home);

    -- Made empty, which pgvector remarks upon; the lists are worth rebuilding once the table has its rows.
    EXECUTE format(
        'CREATE INDEX embeddings_normalized_embedding_idx ON mcp.embeddings '
        'USING ivfflat (normalized_embedding %1$I.vector_cosine_ops) WITH (lists = 100)', home);
END
$$;

ALTER TABLE mcp.embeddings ADD CONSTRAINT embeddings_embedding_has_model
    CHECK (embedding IS NULL OR (model_id IS NOT NULL AND model_dimensions IS NOT NULL));

CREATE INDEX embeddings_not_normalized_idx ON mcp.embeddings (model_id, created_at)
    WHERE embedding IS NOT NULL AND normalized_embedding IS NULL;

COMMENT ON COLUMN mcp.embeddings.embedding IS
    'The model''s vector, padded with zeros to 4096 dimensions. Not indexed: pgvector indexes at most 2,000.';
COMMENT ON COLUMN mcp.embeddings.normalized_embedding IS
    'What search compares: the first model_dimensions of embedding, padded with zeros to 1536 dimensions and divided '
    'by their Euclidean length. NULL while not computed, and for a zero vector.';
COMMENT ON INDEX mcp.embeddings_normalized_embedding_idx IS
    'Cosine search. A search filtered by tenant needs ivfflat.iterative_scan, or it finds too little.';
COMMENT ON CONSTRAINT embeddings_embedding_has_model ON mcp.embeddings IS
    'A vector without its model could be compared with nothing.';
