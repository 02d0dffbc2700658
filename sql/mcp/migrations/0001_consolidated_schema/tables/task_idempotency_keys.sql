-- No foreign key: a task that is remembered here keeps no month of tasks from being dropped.
CREATE TABLE mcp.task_idempotency_keys (
    tenant_id uuid NOT NULL,
    idempotency_key varchar(255) NOT NULL,
    task_id uuid,
    task_created_at timestamptz,
    operation varchar(50) NOT NULL,
    request_hash varchar(128),
    response jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (tenant_id, idempotency_key),
    CONSTRAINT task_idempotency_keys_task CHECK ((task_id IS NULL) = (task_created_at IS NULL)),
    CONSTRAINT task_idempotency_keys_life CHECK (expires_at > created_at)
);
ALTER TABLE mcp.task_idempotency_keys OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_idempotency_keys FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.task_idempotency_keys TO mcp_application;
GRANT SELECT ON mcp.task_idempotency_keys TO mcp_readonly;

ALTER TABLE mcp.task_idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_idempotency_keys
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_idempotency_keys_expiry_idx ON mcp.task_idempotency_keys (expires_at);
CREATE INDEX task_idempotency_keys_task_idx ON mcp.task_idempotency_keys (task_id, task_created_at)
    WHERE task_id IS NOT NULL;

COMMENT ON TABLE mcp.task_idempotency_keys IS
    'Requests that must not be carried out twice, and what was answered to them. Rows expire.';
COMMENT ON COLUMN mcp.task_idempotency_keys.tenant_id IS
    'Whose row it is; row-level security binds readers to it. Two tenants may use the same key.';
COMMENT ON COLUMN mcp.task_idempotency_keys.idempotency_key IS 'What the client calls the request.';
COMMENT ON COLUMN mcp.task_idempotency_keys.task_id IS
    'The task that it made or changed; NULL while it is carried out.';
COMMENT ON COLUMN mcp.task_idempotency_keys.task_created_at IS 'created_at of that task.';
COMMENT ON COLUMN mcp.task_idempotency_keys.operation IS 'What was asked for, as the platform names it.';
COMMENT ON COLUMN mcp.task_idempotency_keys.request_hash IS
    'Hash of the request: the same key with another request is a mistake of the client''s.';
COMMENT ON COLUMN mcp.task_idempotency_keys.response IS 'What was answered; NULL while it is carried out.';
COMMENT ON COLUMN mcp.task_idempotency_keys.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.task_idempotency_keys.expires_at IS 'From when on the key may be forgotten.';
