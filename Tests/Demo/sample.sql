-- Half a year of a platform for AI agents: 5 tenants, 220,000 requests to embedding providers, 5,000 documents, and an
-- audit log that nobody has looked after: months are missing among its partitions, and none is there for the next.
-- The same at every load but for the dates, which count back from now. For psql, after the schema has been applied.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';
BEGIN;
SELECT setseed(0.42) \g /dev/null

CREATE TEMPORARY TABLE tenant ON COMMIT DROP AS
SELECT ('00000000-0000-4000-8000-' || lpad(t.number::text, 12, '0'))::uuid AS id, t.number, t.weight
FROM (VALUES (1, 0.40), (2, 0.25), (3, 0.20), (4, 0.10), (5, 0.05)) AS t (number, weight);

-- Models: some current, one soon to be deprecated, one past it, one past its sunset, one switched off.
INSERT INTO mcp.embedding_models
    (provider, model_name, model_version, model_id, model_type, dimensions, min_dimensions, max_tokens,
        supports_binary, supports_dimensionality_reduction, cost_per_million_tokens, is_active, deprecated_at,
        sunset_at)
VALUES
    ('openai', 'text-embedding-3-small', '', 'text-embedding-3-small', 'text', 1536, 512, 8191, false, true, 0.02,
        true, NULL, NULL),
    ('openai', 'text-embedding-3-large', '', 'text-embedding-3-large', 'text', 3072, 256, 8191, false, true, 0.13,
        true, NULL, NULL),
    ('openai', 'text-embedding-ada-002', '2', 'text-embedding-ada-002', 'text', 1536, NULL, 8191, false, false, 0.10,
        true, now() - interval '2 months', now() + interval '10 months'),
    ('bedrock', 'titan-embed-text', '2', 'amazon.titan-embed-text-v2:0', 'text', 1024, 256, 8192, true, true, 0.02,
        true, NULL, NULL),
    ('bedrock', 'titan-embed-text', '1', 'amazon.titan-embed-text-v1', 'text', 1536, NULL, 8192, false, false, 0.10,
        true, now() - interval '8 months', now() - interval '1 month'),
    ('cohere', 'embed-multilingual', '3', 'embed-multilingual-v3.0', 'text', 1024, NULL, 512, true, false, 0.10,
        true, now() + interval '3 months', NULL),
    ('voyage', 'voyage-code', '3', 'voyage-code-3', 'code', 1024, 256, 32000, true, true, 0.18, true, NULL, NULL),
    ('google', 'multimodalembedding', '1', 'multimodalembedding@001', 'multimodal', 1408, 128, 32, false, true, 0.20,
        false, NULL, NULL);

-- Partitions of the last six months. Two months of the audit log are missing.
DO $$
DECLARE
    first timestamp;
    parent name;
    child name;
BEGIN
    FOREACH parent IN ARRAY ARRAY['embedding_metrics', 'audit_log']
    LOOP
        FOR back IN REVERSE 6..1
        LOOP
            CONTINUE WHEN parent = 'audit_log' AND back IN (3, 4);
            first := date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => back);
            child := parent || to_char(first, '_YYYY_MM');
            EXECUTE format('CREATE TABLE mcp.%I (LIKE mcp.%I INCLUDING ALL) '
                'WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)', child, parent);
            EXECUTE format('ALTER TABLE mcp.%I OWNER TO mcp_owner', child);
            EXECUTE format('ALTER TABLE mcp.%I ENABLE ROW LEVEL SECURITY', child);
            EXECUTE format('COMMENT ON TABLE mcp.%I IS %L', child,
                format('Rows of %s of %s, in UTC.', parent, to_char(first, 'YYYY-MM')));
            EXECUTE format('ALTER TABLE mcp.%I ATTACH PARTITION mcp.%I FOR VALUES FROM (%L) TO (%L)', parent, child,
                to_char(first, 'YYYY-MM-DD 00:00:00+00'),
                to_char(first + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
        END LOOP;
    END LOOP;
END
$$;

-- The months that these two had in advance are used up.
DO $$
DECLARE
    month constant timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    parent name;
    ahead interval;
BEGIN
    FOREACH parent IN ARRAY ARRAY['embedding_metrics', 'audit_log']
    LOOP
        FOREACH ahead IN ARRAY ARRAY['1 month', '2 months', '3 months']::interval[]
        LOOP
            EXECUTE format('DROP TABLE mcp.%I', parent || to_char(month + ahead, '_YYYY_MM'));
        END LOOP;
    END LOOP;
END
$$;

-- Requests: ever more of them, most by the large tenants, and some that fail.
INSERT INTO mcp.embedding_metrics
    (tenant_id, agent_id, model_provider, model_name, model_dimensions, request_id, token_count, total_latency_ms,
        provider_latency_ms, normalization_latency_ms, cost_usd, status, error_message, retry_count, final_provider,
        "timestamp")
SELECT
    t.id,
    CASE WHEN r.agent < 0.97
        THEN (ARRAY['planner', 'researcher', 'coder', 'reviewer', 'support', 'indexer'])
            [1 + floor(r.agent / 0.97 * (t.number + 1))::integer]
    END,
    m.provider, m.model_name, m.dimensions,
    -- Made of the row's number and not by gen_random_uuid(), so that every load is the same.
    md5('request ' || r.number)::uuid,
    r.tokens,
    CASE WHEN s.status = 'timeout' THEN 30000 ELSE r.latency + 3 END,
    CASE WHEN s.status <> 'timeout' THEN r.latency END,
    CASE WHEN s.status IN ('success', 'fallback') THEN 3 END,
    CASE WHEN s.status IN ('success', 'fallback') THEN round(r.tokens * m.cost_per_million_tokens / 1000000, 6) END,
    s.status,
    CASE s.status
        WHEN 'failure' THEN 'the provider answered 503 Service Unavailable'
        WHEN 'timeout' THEN 'no answer within 30 seconds'
        WHEN 'fallback' THEN 'the first provider answered 429 Too Many Requests'
    END,
    CASE s.status WHEN 'success' THEN 0 WHEN 'fallback' THEN 2 ELSE 3 END,
    CASE s.status WHEN 'success' THEN m.provider WHEN 'fallback' THEN 'cohere' END,
    now() - r.age * (now() - (now() - interval '6 months'))
FROM (
    SELECT
        g.number,
        random() AS tenant,
        random() AS agent,
        random() AS model,
        random() AS luck,
        power(random(), 1.4) AS age,
        (20 + 900 * power(random(), 3))::integer AS tokens,
        (40 + 60 * random() + 900 * power(random(), 12))::integer AS latency
    FROM generate_series(1, 220000) AS g (number)
) AS r
JOIN (
    SELECT t.id, t.number, sum(t.weight) OVER w - t.weight AS low, sum(t.weight) OVER w AS high
    FROM tenant AS t WINDOW w AS (ORDER BY t.number)
) AS t ON r.tenant >= t.low AND r.tenant < t.high
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN r.luck < 0.945 THEN 'success' WHEN r.luck < 0.970 THEN 'fallback' WHEN r.luck < 0.990 THEN 'failure'
        ELSE 'timeout'
    END AS status
) AS s
JOIN mcp.embedding_models AS m ON m.model_id = CASE
    WHEN r.model < 0.55 THEN 'text-embedding-3-small'
    WHEN r.model < 0.75 THEN 'amazon.titan-embed-text-v2:0'
    WHEN r.model < 0.88 THEN 'text-embedding-3-large'
    WHEN r.model < 0.96 THEN 'voyage-code-3'
    ELSE 'embed-multilingual-v3.0'
END;

-- Words, from the most frequent to the rarest: the r-th is drawn with a chance of about 1/r, as in real texts.
CREATE TEMPORARY TABLE vocabulary ON COMMIT DROP AS
SELECT w.word, w.rank::integer AS rank
FROM regexp_split_to_table(
    'the of and to a in is it that for was on are as with they be at this from have or by one had not but what all '
    'were when we there can an your which their said if do will each about how up out them then she many some so '
    'these would other into has more her two like him see time could no make than first been its who now people my '
    'made over did down only way find use may water long little very after words called just where most know '
    'agent model document query index vector search memory context task answer request token provider latency cost '
    'server database table column row partition schema transaction snapshot lock replica backup restore network '
    'cluster queue worker schedule retry timeout failure recovery release deployment pipeline workflow approval '
    'review change commit branch merge conflict test coverage build artifact package version upgrade migration '
    'customer order invoice payment refund shipment delivery warehouse supplier contract price discount tax account '
    'balance ledger audit report quarter forecast budget margin revenue growth market product feature design '
    'prototype interview feedback survey research experiment hypothesis measurement sample median variance estimate '
    'temperature pressure humidity sensor signal noise filter antenna battery voltage current resistor capacitor '
    'motor gear bearing valve pump pipe tank boiler turbine generator transformer cable insulator bridge tunnel '
    'road railway station platform harbour vessel cargo container crane anchor compass chart latitude longitude '
    'weather storm rainfall drought flood river lake mountain valley forest meadow desert island coast reef glacier '
    'volcano earthquake mineral copper silver gold iron nickel cobalt lithium granite limestone clay sand gravel '
    'wheat barley maize rice potato tomato onion garlic carrot cabbage lettuce spinach apple pear cherry plum peach '
    'orange lemon grape olive almond walnut honey butter cheese yoghurt bread flour sugar salt pepper cinnamon '
    'ginger coffee tea chocolate vanilla recipe kitchen oven kettle spoon knife plate bowl glass bottle '
    'doctor nurse patient clinic hospital surgery diagnosis symptom fever infection vaccine antibody protein enzyme '
    'molecule atom electron photon neutron gravity orbit planet comet asteroid galaxy telescope satellite rocket '
    'astronaut mission launch landing crater moon sunrise sunset twilight midnight calendar century decade '
    'history emperor kingdom republic parliament election constitution statute verdict judge lawyer witness '
    'evidence appeal treaty embassy border passport visa journey luggage hotel museum gallery painting sculpture '
    'portrait canvas brush pigment poem novel chapter paragraph sentence grammar syllable alphabet dictionary '
    'translation language accent dialect proverb legend myth theatre actor rehearsal costume orchestra violin cello '
    'piano trumpet drum melody rhythm harmony symphony concert audience applause festival carnival bicycle engine '
    'brake wheel tyre saddle helmet trail campfire lantern tent rope ladder hammer chisel screwdriver wrench drill '
    'timber plywood varnish nail hinge hook shelf cupboard drawer curtain carpet pillow blanket candle mirror '
    'elephant giraffe leopard otter badger hedgehog squirrel falcon heron pelican sparrow swallow raven penguin '
    'dolphin whale salmon trout lobster oyster beetle butterfly dragonfly spider scorpion lizard tortoise crocodile '
    'algebra geometry theorem lemma proof corollary integer fraction polynomial matrix determinant eigenvalue '
    'integral derivative probability entropy compiler parser grammar recursion iterator closure pointer allocator '
    'scheduler semaphore mutex deadlock heuristic checksum cipher signature certificate handshake firewall proxy',
    ' ') WITH ORDINALITY AS w (word, rank);

-- Documents of 20 to 160 words. Every fiftieth holds nothing that search would find.
INSERT INTO mcp.embeddings
    (tenant_id, content_index, chunk_index, content, content_hash, agent_id, task_type, model_id, model_provider,
        model_name, model_dimensions, cost_usd, generation_time_ms, metadata, created_at)
SELECT
    t.id, d.number / 4, d.number % 4, d.content, md5(d.content),
    (ARRAY['researcher', 'coder', 'support', 'indexer'])[1 + d.number % 4],
    (ARRAY['research', 'code_analysis', 'question_answering'])[1 + d.number % 3],
    m.id, m.provider, m.model_name, m.dimensions,
    round(d.words * 1.3 * m.cost_per_million_tokens / 1000000, 6), d.words / 2,
    jsonb_build_object('source', (ARRAY['wiki', 'ticket', 'mail', 'repository'])[1 + d.number % 4]),
    now() - d.age * interval '180 days'
FROM (
    SELECT
        g.number, g.tenant, g.age, g.words,
        CASE WHEN g.number % 50 = 0 THEN 'the of and to a' ELSE (
            SELECT string_agg(
                CASE WHEN n.position % 11 = 1 THEN initcap(v.word) ELSE v.word END
                    || CASE WHEN n.position % 11 = 0 THEN '.' ELSE '' END,
                ' ' ORDER BY n.position)
            FROM (
                -- The reference to the document makes this a new draw for each.
                SELECT p.position, floor(exp(random() * ln(b.size + 1)))::integer AS rank
                FROM generate_series(1, g.words) AS p (position)
                CROSS JOIN (SELECT count(*)::float8 AS size FROM vocabulary) AS b
            ) AS n
            JOIN vocabulary AS v ON v.rank = n.rank
        ) END AS content
    FROM (
        SELECT n.number, random() AS tenant, power(random(), 1.4) AS age, (20 + 140 * power(random(), 2))::integer AS words
        FROM generate_series(1, 5000) AS n (number)
    ) AS g
) AS d
JOIN (
    SELECT t.id, sum(t.weight) OVER w - t.weight AS low, sum(t.weight) OVER w AS high
    FROM tenant AS t WINDOW w AS (ORDER BY t.number)
) AS t ON d.tenant >= t.low AND d.tenant < t.high
JOIN mcp.embedding_models AS m ON m.model_id = 'text-embedding-3-small';

-- What happened to tasks and workflows, in the months whose partitions are there.
INSERT INTO mcp.audit_log
    (id, tenant_id, table_name, record_id, action, old_data, new_data, changed_fields, changed_by, ip_address,
        user_agent, changed_at)
SELECT
    md5('audit ' || r.number)::uuid, t.id, (ARRAY['tasks', 'workflows', 'workspaces'])[1 + r.number % 3],
    md5('record ' || r.number / 4)::uuid,
    (ARRAY['INSERT', 'UPDATE', 'UPDATE', 'DELETE'])[1 + r.number % 4],
    CASE WHEN r.number % 4 > 0 THEN jsonb_build_object('status', 'pending') END,
    CASE WHEN r.number % 4 < 3 THEN jsonb_build_object('status', 'assigned') END,
    CASE WHEN r.number % 4 IN (1, 2) THEN ARRAY['status'] END,
    'user-' || r.number % 37, ('10.0.' || r.number % 200 || '.' || r.number % 250)::inet, 'agent-console/2.4',
    r.at
FROM (
    SELECT g.number, random() AS tenant, now() - random() * (now() - (now() - interval '6 months')) AS at
    FROM generate_series(1, 20000) AS g (number)
) AS r
JOIN (
    SELECT t.id, sum(t.weight) OVER w - t.weight AS low, sum(t.weight) OVER w AS high
    FROM tenant AS t WINDOW w AS (ORDER BY t.number)
) AS t ON r.tenant >= t.low AND r.tenant < t.high
WHERE date_trunc('month', r.at) NOT IN (
    date_trunc('month', now()) - interval '3 months', date_trunc('month', now()) - interval '4 months');

COMMIT;
ANALYZE mcp.embedding_models, mcp.embedding_metrics, mcp.embeddings, mcp.audit_log;
