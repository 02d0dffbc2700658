CREATE FUNCTION mcp.update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_updated_at_column() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_updated_at_column() FROM PUBLIC;

COMMENT ON FUNCTION mcp.update_updated_at_column() IS
    'Trigger, BEFORE UPDATE of a row with updated_at: sets it to the start of the transaction.';
