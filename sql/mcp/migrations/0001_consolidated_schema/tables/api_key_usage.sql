-- No foreign key to api_keys: what was done with a key outlives it, and each row would pay for the check.
CREATE TABLE mcp.api_key_usage (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    endpoint varchar(255),
    status_code integer,
    response_time_ms integer,
    ip_address inet,
    user_agent text,
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, used_at)
) PARTITION BY RANGE (used_at);
ALTER TABLE mcp.api_key_usage OWNER TO mcp_owner;
REVOKE ALL ON mcp.api_key_usage FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT ON mcp.api_key_usage TO mcp_application;
GRANT SELECT ON mcp.api_key_usage TO mcp_readonly;

ALTER TABLE mcp.api_key_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.api_key_usage
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX api_key_usage_tenant_idx ON mcp.api_key_usage (tenant_id, used_at DESC);
CREATE INDEX api_key_usage_key_idx ON mcp.api_key_usage (api_key_id, used_at DESC);

COMMENT ON TABLE mcp.api_key_usage IS
    'One row a use of a key. Rows are added, never changed. Partitioned by month of used_at, in UTC.';
COMMENT ON COLUMN mcp.api_key_usage.id IS 'Key, together with used_at.';
COMMENT ON COLUMN mcp.api_key_usage.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.api_key_usage.api_key_id IS 'The key that was used; it may have gone since.';
COMMENT ON COLUMN mcp.api_key_usage.endpoint IS 'What was called with it.';
COMMENT ON COLUMN mcp.api_key_usage.status_code IS 'What the caller was answered, as an HTTP status.';
COMMENT ON COLUMN mcp.api_key_usage.response_time_ms IS 'From request to answer, in milliseconds.';
COMMENT ON COLUMN mcp.api_key_usage.ip_address IS 'Where the request came from.';
COMMENT ON COLUMN mcp.api_key_usage.user_agent IS 'What the requesting program calls itself.';
COMMENT ON COLUMN mcp.api_key_usage.used_at IS 'When the key was used.';
