-- SECURITY DEFINER: whoever authenticates has no tenant yet, so the policies would show no key; and no role may read
-- the hashes. What is found out is only what the holder of the key is told anyway.
-- row_security = off: a policy that binds the owner (FORCE) is an error, not a key that does not exist.
CREATE FUNCTION mcp.find_api_key(wanted_hash text)
RETURNS TABLE (
    id uuid,
    tenant_id uuid,
    user_id uuid,
    parent_key_id uuid,
    name varchar,
    key_type varchar,
    role varchar,
    scopes text[],
    allowed_services text[],
    expires_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
ROWS 1
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
    SELECT
        k.id, k.tenant_id, k.user_id, k.parent_key_id, k.name, k.key_type, k.role, k.scopes, k.allowed_services,
        k.expires_at
    FROM mcp.api_keys AS k
    WHERE k.key_hash = wanted_hash
        AND k.is_active
        AND (k.expires_at IS NULL OR k.expires_at > now())
        AND NOT EXISTS (
            SELECT FROM mcp.users AS u WHERE u.tenant_id = k.tenant_id AND u.id = k.user_id AND NOT u.is_active
        )
$$;
ALTER FUNCTION mcp.find_api_key(text) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.find_api_key(text) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO mcp_application;

COMMENT ON FUNCTION mcp.find_api_key(text) IS
    'The key whose hash is exactly this one, with its tenant and what it may do; no row when there is none, when it '
    'was revoked or has expired, or when its user may not act. Called before a tenant is set.';
