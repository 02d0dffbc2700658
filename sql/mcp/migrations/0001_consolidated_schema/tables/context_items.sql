-- The foreign key holds the tenant, too: no row can refer to another tenant's, which the policies would not notice.
CREATE TABLE mcp.context_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    context_id uuid NOT NULL,
    sequence_number integer NOT NULL DEFAULT 0,
    type varchar(50),
    role varchar(50),
    content text,
    token_count integer,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, context_id) REFERENCES mcp.contexts (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE mcp.context_items OWNER TO mcp_owner;
REVOKE ALL ON mcp.context_items FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.context_items TO mcp_application;
GRANT SELECT ON mcp.context_items TO mcp_readonly;

ALTER TABLE mcp.context_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.context_items
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX context_items_context_idx ON mcp.context_items (tenant_id, context_id, sequence_number, created_at);

COMMENT ON TABLE mcp.context_items IS 'The items of a context, in order.';
COMMENT ON COLUMN mcp.context_items.id IS 'Key.';
COMMENT ON COLUMN mcp.context_items.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.context_items.context_id IS 'The context that it belongs to, and is removed with.';
COMMENT ON COLUMN mcp.context_items.sequence_number IS 'Its place in the context, from 0; equal ones by created_at.';
COMMENT ON COLUMN mcp.context_items.type IS 'What it is, such as message or tool_call.';
COMMENT ON COLUMN mcp.context_items.role IS 'Who says it, such as system, user or assistant.';
COMMENT ON COLUMN mcp.context_items.content IS 'The text, where there is one.';
COMMENT ON COLUMN mcp.context_items.token_count IS 'Tokens of the content, as its writer counts.';
COMMENT ON COLUMN mcp.context_items.metadata IS 'A JSON object of the writer''s.';
COMMENT ON COLUMN mcp.context_items.created_at IS 'When the row was made.';
