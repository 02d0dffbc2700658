CREATE TABLE mcp.events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    event_type varchar(100) NOT NULL,
    source varchar(255),
    payload jsonb NOT NULL DEFAULT '{}',
    processed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.events OWNER TO mcp_owner;
REVOKE ALL ON mcp.events FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.events TO mcp_application;
GRANT SELECT ON mcp.events TO mcp_readonly;

ALTER TABLE mcp.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.events
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX events_tenant_idx ON mcp.events (tenant_id, created_at DESC);
CREATE INDEX events_waiting_idx ON mcp.events (tenant_id, created_at) WHERE processed_at IS NULL;

COMMENT ON TABLE mcp.events IS 'What happened inside and outside, for the platform to deal with.';
COMMENT ON COLUMN mcp.events.id IS 'Key.';
COMMENT ON COLUMN mcp.events.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.events.event_type IS 'What happened, as the platform names it.';
COMMENT ON COLUMN mcp.events.source IS 'Where it comes from: an integration, an agent or a part of the platform.';
COMMENT ON COLUMN mcp.events.payload IS 'What is known of it.';
COMMENT ON COLUMN mcp.events.processed_at IS 'When it was dealt with; NULL while it waits.';
COMMENT ON COLUMN mcp.events.created_at IS 'When the row was made.';
