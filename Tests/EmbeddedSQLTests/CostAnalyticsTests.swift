import TestSupport
import Testing

/// The materialized view, compared with counts over whole seconds since 1970, which know no zone.
@Suite("Cost analytics")
struct CostAnalyticsTests {
    /// Partitions of the months before, which the last 33 days touch, and rows in every state at the edges of every UTC day.
    private static let data = """
        SELECT setseed(0.25);
        DO $$
        DECLARE first timestamp;
        BEGIN
            FOR first IN SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => b)
                FROM generate_series(1, 2) b
            LOOP
                EXECUTE format('CREATE TABLE mcp.%I PARTITION OF mcp.embedding_metrics FOR VALUES FROM (%L) TO (%L)',
                    'embedding_metrics' || to_char(first, '_YYYY_MM'), first || '+00', first + interval '1 month' || '+00');
            END LOOP;
        END $$;
        INSERT INTO mcp.embedding_metrics
            (tenant_id, agent_id, model_provider, model_name, status, token_count, cost_usd, total_latency_ms, "timestamp")
        SELECT
            ('\(Schema.tenant(0).dropLast())' || floor(random() * 2))::uuid,
            (ARRAY['a', 'b', '', NULL])[1 + floor(random() * 4)],
            (ARRAY['p', 'q'])[1 + floor(random() * 2)], (ARRAY['m', 'n'])[1 + floor(random() * 2)],
            (ARRAY['success', 'success', 'failure', 'timeout', 'fallback'])[1 + floor(random() * 5)],
            CASE WHEN random() < 0.9 THEN floor(random() * 2000000000)::int END,
            CASE WHEN random() < 0.9 THEN round(random()::numeric * 9999, 6) END,
            CASE WHEN random() < 0.5 THEN floor(random() * 1000)::int END,
            to_timestamp(86400 * (floor(extract(epoch FROM now()) / 86400) - d) + e.second)
                - CASE WHEN e.second = 86400 THEN interval '1 microsecond' ELSE interval '0' END
        FROM generate_series(-1, 32) AS d, (VALUES (0), (1), (43200), (86399), (86400)) AS e (second),
            generate_series(1, 12) AS n;
        """

    /// Rows that one side has and the other lacks.
    private static let differences = """
        CREATE TEMPORARY TABLE truth AS
        SELECT m.tenant_id, coalesce(m.agent_id, '') AS agent_id, date '1970-01-01' + d.number AS day,
            m.model_provider, m.model_name,
            sum(1) AS request_count,
            sum(CASE WHEN m.token_count IS NULL THEN 0::bigint ELSE m.token_count END) AS total_tokens,
            sum(CASE WHEN m.cost_usd IS NULL THEN 0 ELSE m.cost_usd END) AS total_cost,
            sum(m.total_latency_ms)::numeric / nullif(count(m.total_latency_ms), 0) AS avg_latency,
            sum(CASE WHEN m.status = 'failure' OR m.status = 'timeout' THEN 1.0 ELSE 0 END) / sum(1) AS error_rate,
            sum(CASE WHEN m.status = 'fallback' THEN 1.0 ELSE 0 END) / sum(1) AS fallback_rate
        FROM mcp.embedding_metrics AS m,
            LATERAL (SELECT floor(extract(epoch FROM m."timestamp") / 86400)::int) AS d (number),
            LATERAL (SELECT floor(extract(epoch FROM now()) / 86400)::int) AS today (number)
        WHERE today.number - d.number BETWEEN 0 AND 29
        GROUP BY 1, 2, 3, 4, 5;
        SELECT 'view', * FROM (TABLE mcp.agent_cost_analytics EXCEPT TABLE truth) AS v
        UNION ALL SELECT 'truth', * FROM (TABLE truth EXCEPT TABLE mcp.agent_cost_analytics) AS t;
        """

    @Test(arguments: [
        ("UTC", "Asia/Tokyo"), ("Pacific/Kiritimati", "UTC"), ("Pacific/Pago_Pago", "Pacific/Kiritimati"),
        ("Asia/Kathmandu", "America/St_Johns"), ("Europe/Berlin", "Pacific/Pago_Pago"),
    ])
    func equalCountsFromScratchInEveryZone(refreshing: String, reading: String) async throws {
        for version in PostgresVersion.underTestWithPgvector {
            try await Schema.with(version) { database in
                try await database.psql(Self.data)
                // One transaction, so that now() is the same for the refresh and for the truth, at midnight, too.
                let wrong = try await database.psql(
                    """
                    BEGIN; SET LOCAL TimeZone = '\(refreshing)'; SELECT mcp.refresh_cost_analytics();
                    SET LOCAL TimeZone = '\(reading)'; \(Self.differences)
                    SELECT count(DISTINCT day), max(day) - min(day),
                        max(day) = (now() AT TIME ZONE 'UTC')::date, count(*) > 500 FROM mcp.agent_cost_analytics;
                    COMMIT;
                    """)
                #expect(wrong == "30|29|t|t", "\(version)")
            }
        }
    }

    @Test func noticesARowThatIsMissing() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.data)
            #expect(try await database.psql(Self.differences) != "")
        }
    }

    @Test func sumsExactlyAndKeepsItsKeyFilled() async throws {
        try await Schema.with(.v18) { database in
            let types = try await database.psql(
                """
                SELECT string_agg(attname || ' ' || atttypid::regtype, ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = 'mcp.agent_cost_analytics'::regclass AND attnum > 5
                """)
            #expect(
                types == "request_count bigint, total_tokens bigint, total_cost numeric, avg_latency numeric, "
                    + "error_rate numeric, fallback_rate numeric")
            let empty = try await database.psql(
                """
                \(Self.data) SELECT mcp.refresh_cost_analytics();
                SELECT count(*) FROM mcp.agent_cost_analytics WHERE tenant_id IS NULL OR agent_id IS NULL
                    OR day IS NULL OR model_provider IS NULL OR model_name IS NULL;
                """)
            #expect(empty.split(separator: "\n").last == "0")
        }
    }

    /// First population without a unique index's help, then without blocking readers; both under an owner's rights.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func refreshesAViewThatWasNeverPopulated(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let count = try await database.psql(
                """
                \(Self.data) REFRESH MATERIALIZED VIEW mcp.agent_cost_analytics WITH NO DATA;
                SET ROLE mcp_owner; SELECT mcp.refresh_cost_analytics(); SELECT mcp.refresh_cost_analytics();
                SELECT count(*) > 0 FROM mcp.agent_cost_analytics;
                """)
            #expect(count.split(separator: "\n").last == "t")
        }
    }

    @Test func leavesOutModelsPastTheirDates() async throws {
        try await Schema.with(.v18) { database in
            let listed = try await database.psql(
                """
                INSERT INTO mcp.embedding_models (provider, model_name, dimensions, is_active, deprecated_at, sunset_at)
                VALUES ('p', 'plain', 8, true, NULL, NULL), ('p', 'off', 8, false, NULL, NULL),
                    ('p', 'deprecated', 8, true, now() - interval '1 s', NULL),
                    ('p', 'later', 8, true, now() + interval '1 d', now() + interval '2 d'),
                    ('p', 'sunset', 8, true, NULL, now() - interval '1 s'), ('q', 'other', 8, true, NULL, NULL);
                REFRESH MATERIALIZED VIEW CONCURRENTLY mcp.active_embedding_models;
                SELECT string_agg(model_name, ' ' ORDER BY model_name) FROM mcp.active_embedding_models;
                SET ROLE mcp_application;
                SELECT string_agg(model_name, ' ') FROM mcp.get_available_models();
                SELECT string_agg(model_name, ' ') FROM mcp.get_available_models('q');
                SELECT count(*) FROM mcp.get_available_models(wanted_type => 'code');
                """)
            #expect(listed == "later other plain\nlater plain other\nother\n0")
        }
    }
}
