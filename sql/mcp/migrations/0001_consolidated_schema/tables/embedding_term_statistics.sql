-- No foreign key to embedding_statistics: it would be checked once a term, millions of times in a first build.
-- A tenant whose row is gone while terms are left is counted again like any other, which clears them.
CREATE TABLE mcp.embedding_term_statistics (
    tenant_id uuid NOT NULL,
    term text COLLATE "C" NOT NULL,
    document_count bigint NOT NULL CHECK (document_count > 0),
    PRIMARY KEY (tenant_id, term) INCLUDE (document_count)
);
ALTER TABLE mcp.embedding_term_statistics OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_term_statistics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.embedding_term_statistics TO mcp_application, mcp_readonly;

ALTER TABLE mcp.embedding_term_statistics ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_term_statistics
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

COMMENT ON TABLE mcp.embedding_term_statistics IS
    'Per tenant and lexeme, how many documents contain it. Written by update_embedding_statistics(), together with '
    'embedding_statistics.';
COMMENT ON COLUMN mcp.embedding_term_statistics.tenant_id IS 'The tenant.';
COMMENT ON COLUMN mcp.embedding_term_statistics.term IS
    'The lexeme, as in content_tsvector. Compared byte by byte: a lexeme has no language.';
COMMENT ON COLUMN mcp.embedding_term_statistics.document_count IS
    'Documents of the tenant that contain it: at least 1, at most total_documents.';
