-- The foreign keys hold the tenant, too: no row can refer to another tenant's, which the policies would not notice.
CREATE TABLE mcp.api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    user_id uuid,
    parent_key_id uuid,
    name varchar(255),
    key_hash varchar(255) NOT NULL UNIQUE,
    key_prefix varchar(20),
    key_type varchar(50) NOT NULL DEFAULT 'user'
        CHECK (key_type IN ('user', 'admin', 'agent', 'service', 'gateway')),
    role varchar(50),
    scopes text[] NOT NULL DEFAULT '{}',
    allowed_services text[],
    is_active boolean NOT NULL DEFAULT true,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES mcp.users (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_key_id) REFERENCES mcp.api_keys (tenant_id, id)
);
ALTER TABLE mcp.api_keys OWNER TO mcp_owner;
REVOKE ALL ON mcp.api_keys FROM PUBLIC, mcp_application, mcp_readonly;
-- A hash is written once and compared by find_api_key(): no role reads or changes it.
GRANT SELECT (
    id, tenant_id, user_id, parent_key_id, name, key_prefix, key_type, role, scopes, allowed_services, is_active,
    expires_at, last_used_at, created_at, updated_at
) ON mcp.api_keys TO mcp_application, mcp_readonly;
GRANT INSERT, DELETE ON mcp.api_keys TO mcp_application;
GRANT UPDATE (name, role, scopes, allowed_services, is_active, expires_at, last_used_at) ON mcp.api_keys
    TO mcp_application;

ALTER TABLE mcp.api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.api_keys
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX api_keys_user_idx ON mcp.api_keys (tenant_id, user_id);
CREATE INDEX api_keys_parent_idx ON mcp.api_keys (tenant_id, parent_key_id);
CREATE INDEX api_keys_expires_at_idx ON mcp.api_keys (expires_at) WHERE expires_at IS NOT NULL;

CREATE TRIGGER api_keys_updated_at BEFORE UPDATE ON mcp.api_keys
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER api_keys_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.api_keys
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('key_hash');

COMMENT ON TABLE mcp.api_keys IS
    'The keys by which programs and people authenticate, as hashes. A key is revoked by is_active.';
COMMENT ON COLUMN mcp.api_keys.id IS 'Key.';
COMMENT ON COLUMN mcp.api_keys.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.api_keys.user_id IS 'The user who acts with it; NULL for a key of no person.';
COMMENT ON COLUMN mcp.api_keys.parent_key_id IS
    'The key that it was derived from. Authentication looks at the key alone.';
COMMENT ON COLUMN mcp.api_keys.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.api_keys.key_hash IS 'Hash of the key; the key itself is nowhere. Only find_api_key() reads it.';
COMMENT ON COLUMN mcp.api_keys.key_prefix IS 'The first characters of the key, by which people tell keys apart.';
COMMENT ON COLUMN mcp.api_keys.key_type IS 'Who acts with it: user, admin, agent, service or gateway.';
COMMENT ON COLUMN mcp.api_keys.role IS 'What the key may do, as the platform names it.';
COMMENT ON COLUMN mcp.api_keys.scopes IS 'What the key may be used for; empty for no restriction by scope.';
COMMENT ON COLUMN mcp.api_keys.allowed_services IS
    'The services that a gateway may reach with it; NULL for a key without such a list.';
COMMENT ON COLUMN mcp.api_keys.is_active IS 'Whether it is accepted: false for one that was revoked.';
COMMENT ON COLUMN mcp.api_keys.expires_at IS
    'From this instant on it is not accepted; NULL for one that does not expire.';
COMMENT ON COLUMN mcp.api_keys.last_used_at IS 'When it was last used. Not a change that audit_log would keep.';
COMMENT ON COLUMN mcp.api_keys.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.api_keys.updated_at IS 'When the row was last changed; kept by a trigger.';
