-- What the twelve migrations behind number 28 add: a schema beside mcp that refers to it and reads it, tables beside
-- contexts and embeddings, columns that nobody else knows.
INSERT INTO public.schema_migrations VALUES (36, false);

-- Its migrations name tables with their schema and these functions without.
ALTER FUNCTION mcp.update_updated_at_column() SET SCHEMA public;
ALTER FUNCTION mcp.update_content_tsvector() SET SCHEMA public;
ALTER FUNCTION mcp.bm25_score(float, integer, integer, integer, float, float, float) SET SCHEMA public;
ALTER FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) SET SCHEMA public;

ALTER TABLE mcp.contexts
    ADD COLUMN compaction_strategy varchar(50),
    ADD COLUMN last_compacted_at timestamp,
    ADD COLUMN compaction_count integer DEFAULT 0;
CREATE INDEX idx_contexts_compaction ON mcp.contexts (last_compacted_at)
    WHERE status = 'active' AND compression_enabled = true;
ALTER TABLE mcp.embeddings
    ADD COLUMN source_type varchar(50) DEFAULT 'context',
    ADD COLUMN importance_score float DEFAULT 0.5;

CREATE TABLE mcp.context_embeddings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    context_id uuid NOT NULL REFERENCES mcp.contexts (id) ON DELETE CASCADE,
    embedding_id uuid NOT NULL REFERENCES mcp.embeddings (id) ON DELETE CASCADE,
    chunk_sequence integer NOT NULL,
    importance_score float DEFAULT 0.5 CHECK (importance_score >= 0 AND importance_score <= 1),
    is_summary boolean DEFAULT false,
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now(),
    UNIQUE (context_id, chunk_sequence)
);
CREATE TRIGGER update_context_embeddings_updated_at BEFORE UPDATE ON mcp.context_embeddings
    FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
CREATE TABLE mcp.context_audit_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    context_id uuid NOT NULL REFERENCES mcp.contexts (id) ON DELETE CASCADE,
    operation varchar(50) NOT NULL
        CHECK (operation IN ('create', 'read', 'update', 'delete', 'compact', 'semantic_retrieval')),
    user_id varchar(255),
    tenant_id uuid,
    created_at timestamp DEFAULT now()
);
CREATE TABLE mcp.user_credentials (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES mcp.users (id) ON DELETE CASCADE,
    service_type varchar(50) NOT NULL,
    encrypted_credentials bytea NOT NULL,
    UNIQUE (tenant_id, user_id, service_type)
);

CREATE SCHEMA rag;
CREATE TABLE rag.documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    source_id varchar(255) NOT NULL,
    source_type varchar(50) NOT NULL,
    title text,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE rag.document_chunks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    document_id uuid REFERENCES rag.documents (id) ON DELETE CASCADE,
    chunk_index integer NOT NULL,
    content text NOT NULL,
    embedding_id uuid REFERENCES mcp.embeddings (id),
    metadata jsonb DEFAULT '{}',
    UNIQUE (document_id, chunk_index)
);
CREATE VIEW rag.unified_search AS
    SELECT e.id AS embedding_id, e.content, e.embedding, e.model_name, e.tenant_id,
        coalesce(d.source_type, 'context') AS content_source,
        coalesce(d.source_id, e.context_id::text) AS source_identifier, coalesce(c.metadata, e.metadata) AS metadata,
        e.importance_score
    FROM mcp.embeddings AS e
    LEFT JOIN rag.document_chunks AS c ON c.embedding_id = e.id
    LEFT JOIN rag.documents AS d ON d.id = c.document_id;
CREATE FUNCTION rag.get_current_tenant() RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN current_setting('app.current_tenant', true)::uuid;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;
CREATE TABLE rag.tenant_sources (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    source_id varchar(255) NOT NULL,
    UNIQUE (tenant_id, source_id)
);
ALTER TABLE rag.tenant_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE rag.tenant_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_sources_isolation ON rag.tenant_sources
    USING (tenant_id = rag.get_current_tenant()) WITH CHECK (tenant_id = rag.get_current_tenant());

INSERT INTO mcp.context_embeddings (id, context_id, embedding_id, chunk_sequence)
SELECT pg_temp.key('context embedding', n), pg_temp.key('context', n), pg_temp.key('embedding', n), n
FROM generate_series(1, 30) AS n;
INSERT INTO mcp.context_audit_log (id, context_id, operation, tenant_id)
SELECT pg_temp.key('context audit', n), pg_temp.key('context', n), 'create',
    CASE WHEN n % 2 = 0 THEN pg_temp.tenant(n) END
FROM generate_series(1, 20) AS n;
INSERT INTO mcp.user_credentials (id, tenant_id, user_id, service_type, encrypted_credentials)
SELECT pg_temp.key('credentials', n), pg_temp.tenant(n), pg_temp.key('user', n), 'github', '\x5ec7e7'
FROM generate_series(1, 10) AS n;
INSERT INTO rag.documents (id, tenant_id, source_id, source_type)
SELECT pg_temp.key('rag document', n), pg_temp.tenant(n), 'repository-' || n, 'github_repo'
FROM generate_series(1, 5) AS n;
INSERT INTO rag.document_chunks (id, document_id, chunk_index, content, embedding_id)
SELECT pg_temp.key('rag chunk', n), pg_temp.key('rag document', 1 + n % 5), n, 'chunk ' || n,
    pg_temp.key('embedding', n)
FROM generate_series(1, 20) AS n;
INSERT INTO rag.tenant_sources (id, tenant_id, source_id)
SELECT pg_temp.key('rag source', n), pg_temp.tenant(n), 'repository-' || n FROM generate_series(1, 5) AS n;
