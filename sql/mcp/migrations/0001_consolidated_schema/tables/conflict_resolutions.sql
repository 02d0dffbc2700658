CREATE TABLE mcp.conflict_resolutions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    conflict_type varchar(50) NOT NULL,
    conflict jsonb NOT NULL,
    strategy varchar(50),
    resolution jsonb,
    resolved_by varchar(255),
    resolved_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (document_id, tenant_id) REFERENCES mcp.shared_documents (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.conflict_resolutions OWNER TO mcp_owner;
REVOKE ALL ON mcp.conflict_resolutions FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.conflict_resolutions TO mcp_application;
GRANT SELECT ON mcp.conflict_resolutions TO mcp_readonly;

ALTER TABLE mcp.conflict_resolutions ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.conflict_resolutions
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX conflict_resolutions_document_idx ON mcp.conflict_resolutions (document_id, tenant_id);
CREATE INDEX conflict_resolutions_tenant_idx ON mcp.conflict_resolutions (tenant_id, created_at DESC);
CREATE INDEX conflict_resolutions_open_idx ON mcp.conflict_resolutions (tenant_id, created_at)
    WHERE resolved_at IS NULL;

COMMENT ON TABLE mcp.conflict_resolutions IS
    'Operations of a shared document that contradict each other, and how that was settled.';
COMMENT ON COLUMN mcp.conflict_resolutions.id IS 'Key.';
COMMENT ON COLUMN mcp.conflict_resolutions.tenant_id IS
    'Whose row it is, as of the document; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.conflict_resolutions.document_id IS 'The document.';
COMMENT ON COLUMN mcp.conflict_resolutions.conflict_type IS 'What kind of conflict it is, as the platform names it.';
COMMENT ON COLUMN mcp.conflict_resolutions.conflict IS 'The operations that contradict each other.';
COMMENT ON COLUMN mcp.conflict_resolutions.strategy IS 'How it was settled, as the platform names it.';
COMMENT ON COLUMN mcp.conflict_resolutions.resolution IS 'What came of it.';
COMMENT ON COLUMN mcp.conflict_resolutions.resolved_by IS 'The agent or user that settled it; NULL for the platform.';
COMMENT ON COLUMN mcp.conflict_resolutions.resolved_at IS 'When it was settled; NULL while it is open.';
COMMENT ON COLUMN mcp.conflict_resolutions.created_at IS 'When the row was made: when the conflict was noticed.';
