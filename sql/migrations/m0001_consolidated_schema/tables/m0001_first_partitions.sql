-- The partitions of the month in which the schema is applied, so that it can be written to at once. Those that follow
-- are made by pgtend, which takes these as its template: the storage parameters, which a partitioned parent cannot
-- carry, and row-level security without a policy, so that a careless GRANT on all tables of the schema still shows
-- nobody the rows of another tenant.
DO $$
DECLARE
    month constant timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    parent name;
    child name;
BEGIN
    FOREACH parent IN ARRAY ARRAY['embedding_metrics', 'audit_log']
    LOOP
        child := parent || to_char(month, '_YYYY_MM');
        EXECUTE format(
            'CREATE TABLE mcp.%I (LIKE mcp.%I INCLUDING ALL) '
            'WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)', child, parent);
        EXECUTE format('ALTER TABLE mcp.%I OWNER TO mcp_owner', child);
        EXECUTE format('ALTER TABLE mcp.%I ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('COMMENT ON TABLE mcp.%I IS %L', child,
            format('Rows of %s of %s, in UTC.', parent, to_char(month, 'YYYY-MM')));
        EXECUTE format('ALTER TABLE mcp.%I ATTACH PARTITION mcp.%I FOR VALUES FROM (%L) TO (%L)', parent, child,
            to_char(month, 'YYYY-MM-DD 00:00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
    END LOOP;
END
$$;
