CREATE TABLE mcp.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    email varchar(255) NOT NULL,
    name varchar(255),
    role varchar(50),
    is_active boolean NOT NULL DEFAULT true,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, email),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.users OWNER TO mcp_owner;
REVOKE ALL ON mcp.users FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.users TO mcp_application;
GRANT SELECT ON mcp.users TO mcp_readonly;

ALTER TABLE mcp.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.users
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX users_email_idx ON mcp.users (lower(email));

CREATE TRIGGER users_updated_at BEFORE UPDATE ON mcp.users
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.users IS 'The people of the tenants. How they prove who they are is not kept here.';
COMMENT ON COLUMN mcp.users.id IS 'Key.';
COMMENT ON COLUMN mcp.users.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.users.email IS 'Address by which the tenant knows the user.';
COMMENT ON COLUMN mcp.users.name IS 'What the user is called.';
COMMENT ON COLUMN mcp.users.role IS 'What the user may do, as the platform names it.';
COMMENT ON COLUMN mcp.users.is_active IS 'Whether the user may act; the keys of one who may not are not found.';
COMMENT ON COLUMN mcp.users.last_login_at IS 'When the user last logged in.';
COMMENT ON COLUMN mcp.users.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.users.updated_at IS 'When the row was last changed; kept by a trigger.';
