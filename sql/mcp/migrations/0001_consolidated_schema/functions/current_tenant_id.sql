-- STABLE, so that a policy's (SELECT mcp.current_tenant_id()) is evaluated once a statement. PUBLIC may execute it:
-- a policy runs it as whoever reads the table, and it says nothing but what the session itself set.
CREATE FUNCTION mcp.current_tenant_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN current_setting('app.current_tenant', true) ~ '^([0-9A-Fa-f]{4}-?){7}[0-9A-Fa-f]{4}$'
        THEN current_setting('app.current_tenant', true)::uuid
    END
$$;
ALTER FUNCTION mcp.current_tenant_id() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.current_tenant_id() FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.current_tenant_id() TO PUBLIC;

COMMENT ON FUNCTION mcp.current_tenant_id() IS
    'The tenant that the session acts for: the setting app.current_tenant as a uuid, NULL when it is unset, empty or '
    'malformed. Never an error, so that a session without a tenant sees no rows instead of failing.';
