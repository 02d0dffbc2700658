CREATE TABLE mcp.embedding_cache (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    cache_key varchar(255) NOT NULL,
    embedding_id uuid NOT NULL,
    hit_count bigint NOT NULL DEFAULT 0 CHECK (hit_count >= 0),
    last_accessed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, cache_key),
    FOREIGN KEY (tenant_id, embedding_id) REFERENCES mcp.embeddings (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE mcp.embedding_cache OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_cache FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.embedding_cache TO mcp_application;
GRANT SELECT ON mcp.embedding_cache TO mcp_readonly;

ALTER TABLE mcp.embedding_cache ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_cache
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embedding_cache_embedding_idx ON mcp.embedding_cache (tenant_id, embedding_id);
CREATE INDEX embedding_cache_expires_idx ON mcp.embedding_cache (expires_at) WHERE expires_at IS NOT NULL;

COMMENT ON TABLE mcp.embedding_cache IS
    'Which embedding answers a request that was made before, so that the provider is not asked, and paid, again.';
COMMENT ON COLUMN mcp.embedding_cache.id IS 'Key.';
COMMENT ON COLUMN mcp.embedding_cache.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embedding_cache.cache_key IS
    'What identifies the request, as the platform builds it; unique within the tenant.';
COMMENT ON COLUMN mcp.embedding_cache.embedding_id IS 'The embedding; its row takes this one with it.';
COMMENT ON COLUMN mcp.embedding_cache.hit_count IS 'How often it answered.';
COMMENT ON COLUMN mcp.embedding_cache.last_accessed_at IS 'When it last answered, or was made.';
COMMENT ON COLUMN mcp.embedding_cache.expires_at IS 'From this instant on the row may be removed; NULL: never.';
COMMENT ON COLUMN mcp.embedding_cache.created_at IS 'When the row was made.';
