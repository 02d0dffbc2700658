-- Optional: substring search over the content, where pg_trgm is present.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_trgm'
    );
BEGIN
    IF home IS NOT NULL THEN
        EXECUTE format(
            'CREATE INDEX embeddings_content_trigram_idx ON mcp.embeddings USING gin (content %I.gin_trgm_ops)', home);
    END IF;
END
$$;
