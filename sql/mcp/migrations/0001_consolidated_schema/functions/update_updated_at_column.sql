CREATE FUNCTION mcp.update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A backfill of pgtend gives a row what it should have had: nobody has changed it.
    IF current_setting('pgtend.keep_updated_at', true) IS DISTINCT FROM 'on' THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_updated_at_column() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_updated_at_column() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_updated_at_column() IS
    'Trigger, BEFORE UPDATE of a row with updated_at: sets it to the start of the transaction, unless the setting '
    'pgtend.keep_updated_at is on, as it is while pgtend fills new columns of old rows.';
