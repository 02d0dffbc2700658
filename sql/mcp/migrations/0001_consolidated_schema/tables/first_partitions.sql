-- The partitions of the month in which the schema is applied and of the three that follow, so that it can be written
-- to at once and until pgtend, which is to make the later ones, has been set up. They are its template: the storage
-- parameters, which a partitioned parent cannot carry, and row-level security without a policy, so that a careless
-- GRANT on all tables of the schema still shows nobody the rows of another tenant.
-- Every table that is partitioned by one column of instants gets them, or only the one that the setting pgtend.parent
-- names: the repair of a database with rows takes the tables one by one. A month that has its place already is left
-- alone. The setting pgtend.now stands in for the clock in tests of the calendar.
DO $$
DECLARE
    instant constant timestamptz := coalesce(nullif(current_setting('pgtend.now', true), '')::timestamptz, now());
    parent name;
    month timestamp;
    child name;
BEGIN
    FOR parent, month IN
        SELECT c.relname, date_trunc('month', instant AT TIME ZONE 'UTC') + make_interval(months => ahead)
        FROM pg_catalog.pg_partitioned_table AS p
        JOIN pg_catalog.pg_class AS c ON c.oid = p.partrelid
        -- No row for an expression, whose attribute number is 0.
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        CROSS JOIN generate_series(0, 3) AS ahead
        WHERE c.relnamespace = 'mcp'::regnamespace
            AND p.partstrat = 'r' AND p.partnatts = 1 AND a.atttypid = 'timestamptz'::regtype
            AND c.relname = coalesce(nullif(current_setting('pgtend.parent', true), ''), c.relname)
            AND NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_inherits AS i
                JOIN pg_catalog.pg_class AS l ON l.oid = i.inhrelid
                CROSS JOIN LATERAL regexp_match(pg_get_expr(l.relpartbound, l.oid),
                    $bounds$^FOR VALUES FROM \((?:'([^']*)'|MINVALUE)\) TO \((?:'([^']*)'|MAXVALUE)\)$bounds$) AS b
                WHERE i.inhparent = c.oid
                    AND coalesce(b[1], '-infinity')::timestamptz
                        <= (date_trunc('month', instant AT TIME ZONE 'UTC') + make_interval(months => ahead))
                            AT TIME ZONE 'UTC'
                    AND coalesce(b[2], 'infinity')::timestamptz
                        > (date_trunc('month', instant AT TIME ZONE 'UTC') + make_interval(months => ahead))
                            AT TIME ZONE 'UTC'
                    -- The DEFAULT partition has no bounds.
                    AND b IS NOT NULL)
        ORDER BY c.relname, ahead
    LOOP
        child := parent || to_char(month, '_YYYY_MM');
        EXECUTE format(
            'CREATE TABLE mcp.%I (LIKE mcp.%I INCLUDING ALL) '
            'WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)', child, parent);
        EXECUTE format('ALTER TABLE mcp.%I OWNER TO mcp_owner', child);
        EXECUTE format('REVOKE ALL ON mcp.%I FROM PUBLIC, mcp_application, mcp_readonly', child);
        EXECUTE format('ALTER TABLE mcp.%I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('COMMENT ON TABLE mcp.%I IS %L', child,
            format('Rows of %s of %s, in UTC.', parent, to_char(month, 'YYYY-MM')));
        EXECUTE format('ALTER TABLE mcp.%I ATTACH PARTITION mcp.%I FOR VALUES FROM (%L) TO (%L)', parent, child,
            to_char(month, 'YYYY-MM-DD 00:00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
    END LOOP;
END
$$;
