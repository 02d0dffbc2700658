-- Where the server has pgvector: nobody ever normalised a vector.
CREATE EXTENSION vector SCHEMA public;
ALTER TABLE mcp.embeddings ADD COLUMN embedding public.vector(4096);
UPDATE mcp.embeddings AS e
SET embedding = (
    SELECT array_agg(CASE WHEN d <= e.model_dimensions THEN ((d * 7 + e.content_index) % 11)::real ELSE 0 END)
    FROM generate_series(1, 4096) AS d
)::public.vector
WHERE e.content_index < 50;
