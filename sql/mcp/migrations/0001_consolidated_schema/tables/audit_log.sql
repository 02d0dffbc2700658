CREATE TABLE mcp.audit_log (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    table_name varchar(100) NOT NULL,
    record_id uuid,
    action varchar(20) NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'SELECT')),
    old_data jsonb,
    new_data jsonb,
    changed_fields text[],
    changed_by varchar(255),
    ip_address inet,
    user_agent text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, changed_at)
) PARTITION BY RANGE (changed_at);
ALTER TABLE mcp.audit_log OWNER TO mcp_owner;
REVOKE ALL ON mcp.audit_log FROM PUBLIC, mcp_application, mcp_readonly;
-- The trail of changes is kept by triggers, for which no right of the application is needed. It adds what no trigger
-- sees: that a row was read (SELECT), at the time of the clock, and without any row to show.
GRANT SELECT, INSERT (tenant_id, table_name, record_id, action, changed_by, ip_address, user_agent)
    ON mcp.audit_log TO mcp_application;
GRANT SELECT ON mcp.audit_log TO mcp_readonly;

ALTER TABLE mcp.audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.audit_log FOR SELECT
    USING (tenant_id = (SELECT mcp.current_tenant_id()));
CREATE POLICY tenant_reads ON mcp.audit_log FOR INSERT
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()) AND action = 'SELECT');
COMMENT ON POLICY tenant_reads ON mcp.audit_log IS 'A change is recorded by the audit trigger, and by nobody else.';

CREATE INDEX audit_log_tenant_idx ON mcp.audit_log (tenant_id, changed_at DESC);
CREATE INDEX audit_log_record_idx ON mcp.audit_log (table_name, record_id, changed_at DESC);
CREATE INDEX audit_log_author_idx ON mcp.audit_log (changed_by, changed_at DESC) WHERE changed_by IS NOT NULL;

COMMENT ON TABLE mcp.audit_log IS
    'Who changed or read what. Rows are added, never changed. Partitioned by month of changed_at, in UTC.';
COMMENT ON COLUMN mcp.audit_log.id IS 'Key, together with changed_at.';
COMMENT ON COLUMN mcp.audit_log.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.audit_log.table_name IS 'The table of the row that was changed or read.';
COMMENT ON COLUMN mcp.audit_log.record_id IS 'Key of that row; NULL where it has none.';
COMMENT ON COLUMN mcp.audit_log.action IS 'INSERT, UPDATE, DELETE or SELECT.';
COMMENT ON COLUMN mcp.audit_log.old_data IS 'The row before; secrets read [redacted]. NULL for INSERT.';
COMMENT ON COLUMN mcp.audit_log.new_data IS 'The row after; secrets read [redacted]. NULL for DELETE.';
COMMENT ON COLUMN mcp.audit_log.changed_fields IS
    'Names of the columns that an UPDATE changed, sorted; those that hold secrets, too, but not updated_at and '
    'last_used_at.';
COMMENT ON COLUMN mcp.audit_log.changed_by IS 'The user, agent or service that did it.';
COMMENT ON COLUMN mcp.audit_log.ip_address IS 'Where the request came from.';
COMMENT ON COLUMN mcp.audit_log.user_agent IS 'What the requesting program calls itself.';
COMMENT ON COLUMN mcp.audit_log.changed_at IS 'When it was done.';
