-- SECURITY DEFINER: the trail of a change is written whatever the role that changes the row may do itself, and
-- belongs to the tenant of the row, not to the one that the session has set.
-- The zone and the formats are pinned: a row reads the same in the trail whoever changed it, and what a session shows
-- with fewer digits has not changed the less.
CREATE FUNCTION mcp.audit_row_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
    -- What every change or every mere use of a row sets, and what the trigger leaves out: no change by itself.
    bookkeeping constant text[] := ARRAY['updated_at', 'last_used_at']
        || ARRAY(SELECT substr(a.name, 2) FROM unnest(TG_ARGV) AS a (name) WHERE a.name LIKE '-%');
    -- A partition's rows are its table's.
    audited constant name :=
        (SELECT c.relname FROM pg_class AS c WHERE c.oid = coalesce(pg_partition_root(TG_RELID)::oid, TG_RELID));
    address constant text := nullif(current_setting('app.client_address', true), '');
    old_row jsonb;
    new_row jsonb;
    changed text[];
    moved boolean := false;
    client inet := inet_client_addr();
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
    END IF;

    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(n.key ORDER BY n.key COLLATE "C") INTO changed
        FROM jsonb_each(new_row) AS n
        WHERE n.value IS DISTINCT FROM old_row -> n.key AND n.key <> ALL (bookkeeping);
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
        moved := 'tenant_id' = ANY (changed);
    END IF;

    -- Only now, so that a secret that was replaced by another counts as changed. One that is not set shows as such.
    SELECT jsonb_object_agg(
        o.key, CASE WHEN o.key = ANY (TG_ARGV) AND o.value <> 'null' THEN '"[redacted]"' ELSE o.value END)
    INTO old_row
    FROM jsonb_each(old_row) AS o;
    SELECT jsonb_object_agg(
        n.key, CASE WHEN n.key = ANY (TG_ARGV) AND n.value <> 'null' THEN '"[redacted]"' ELSE n.value END)
    INTO new_row
    FROM jsonb_each(new_row) AS n;

    IF address IS NOT NULL THEN
        BEGIN
            client := address::inet;
        EXCEPTION WHEN data_exception THEN
            RAISE DEBUG 'app.client_address holds no address: %', address;
        END;
    END IF;

    -- A row that the owner moves to another tenant leaves the one and comes to the other: neither reads the other's.
    INSERT INTO mcp.audit_log (
        tenant_id, table_name, record_id, action, old_data, new_data, changed_fields, changed_by, ip_address, user_agent
    )
    SELECT
        (coalesce(e.new_data, e.old_data) ->> 'tenant_id')::uuid, audited,
        (coalesce(e.new_data, e.old_data) ->> 'id')::uuid, e.action, e.old_data, e.new_data, e.changed_fields,
        left(coalesce(nullif(current_setting('app.current_user', true), ''), session_user), 255), client,
        nullif(current_setting('app.user_agent', true), '')
    FROM (VALUES
        (NOT moved, TG_OP, old_row, new_row, changed),
        (moved, 'DELETE', old_row, NULL, NULL),
        (moved, 'INSERT', NULL, new_row, NULL)
    ) AS e (happened, action, old_data, new_data, changed_fields)
    WHERE e.happened;
    RETURN NULL;
END
$$;
ALTER FUNCTION mcp.audit_row_change() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.audit_row_change() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.audit_row_change() IS
    'Trigger, AFTER INSERT OR UPDATE OR DELETE of a row with id and tenant_id: writes it to audit_log. Its arguments '
    'name the columns that hold secrets: their values are replaced, and still listed among the changed ones; with a '
    'minus sign before it, a column whose change counts as none and is not listed, as that of updated_at and '
    'last_used_at. Who, from where and with what are the settings app.current_user, app.client_address and '
    'app.user_agent; where they are empty or no address, the login role and the session''s own address. An UPDATE '
    'that changes nothing, or no more than such columns, writes nothing.';
