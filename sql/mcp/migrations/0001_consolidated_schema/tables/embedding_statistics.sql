CREATE TABLE mcp.embedding_statistics (
    tenant_id uuid PRIMARY KEY,
    total_documents bigint NOT NULL DEFAULT 0 CHECK (total_documents >= 0),
    avg_document_length numeric CHECK (avg_document_length >= 0),
    term_document_frequencies jsonb NOT NULL DEFAULT '{}',
    last_updated timestamptz NOT NULL DEFAULT now(),
    CHECK ((total_documents = 0) = (avg_document_length IS NULL))
);
ALTER TABLE mcp.embedding_statistics OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_statistics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.embedding_statistics TO mcp_application, mcp_readonly;

ALTER TABLE mcp.embedding_statistics ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_statistics
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

COMMENT ON TABLE mcp.embedding_statistics IS
    'Per tenant, what BM25 needs of the whole corpus. Written by update_embedding_statistics(), together with '
    'embedding_term_statistics: a reader sees both as counted from one snapshot.';
COMMENT ON COLUMN mcp.embedding_statistics.tenant_id IS 'The tenant.';
COMMENT ON COLUMN mcp.embedding_statistics.total_documents IS
    'Documents of the tenant with at least one lexeme in content_tsvector.';
COMMENT ON COLUMN mcp.embedding_statistics.avg_document_length IS
    'Average number of positions of these documents; NULL, never NaN, when there is none.';
COMMENT ON COLUMN mcp.embedding_statistics.term_document_frequencies IS
    'A JSON object, lexeme to the number of documents that contain it, of the 1,000 most frequent lexemes (of equally '
    'frequent ones the first in byte order). All of them are in embedding_term_statistics.';
COMMENT ON COLUMN mcp.embedding_statistics.last_updated IS
    'Start of the transaction that counted: everything committed before it is in the figures.';
