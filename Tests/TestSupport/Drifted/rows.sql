-- Rows in every table, some as many as the setting drifted.rows says (tasks and embeddings; items twice as many).
-- Keys follow from numbers, so that a test can name a row.
CREATE FUNCTION pg_temp.key(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT md5(kind || number)::uuid $$;
CREATE FUNCTION pg_temp.tenant(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT pg_temp.key('tenant', number % 5) $$;
CREATE FUNCTION pg_temp.moment(number bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
    AS $$ SELECT timestamptz '2025-01-01 00:00:00+00' + number * interval '37 minutes 11 seconds' $$;
CREATE FUNCTION pg_temp.rows() RETURNS bigint LANGUAGE sql
    AS $$ SELECT current_setting('drifted.rows')::bigint $$;

INSERT INTO mcp.models (id, name, provider, capabilities, is_active, created_at, updated_at)
SELECT pg_temp.key('model', n), 'model-' || n, (ARRAY['openai', 'anthropic', 'bedrock'])[1 + n % 3],
    CASE WHEN n % 4 = 0 THEN NULL ELSE '{"chat": true}'::jsonb END, CASE WHEN n % 3 = 0 THEN NULL ELSE n % 3 = 1 END,
    pg_temp.moment(n) AT TIME ZONE 'UTC', pg_temp.moment(n + 1) AT TIME ZONE 'UTC'
FROM generate_series(1, 9) AS n;

INSERT INTO mcp.agents (id, tenant_id, name, type, model_id, capabilities, legacy_score, last_seen_at, created_at,
    updated_at)
SELECT pg_temp.key('agent', n), pg_temp.tenant(n), 'agent ' || n,
    CASE WHEN n % 2 = 0 THEN 'standard' ELSE 'worker' END,
    CASE WHEN n % 7 > 0 THEN pg_temp.key('model', 1 + n % 9) END, CASE WHEN n % 3 > 0 THEN ARRAY['chat', 'code'] END,
    n / 10.0, pg_temp.moment(n) AT TIME ZONE 'UTC', pg_temp.moment(n), CASE WHEN n % 5 > 0 THEN pg_temp.moment(n) END
FROM generate_series(1, 40) AS n;

INSERT INTO mcp.contexts (id, tenant_id, agent_id, model_id, token_count, metadata, created_at, updated_at,
    expires_at)
SELECT pg_temp.key('context', n), pg_temp.tenant(n), 'agent-' || n % 40,
    CASE WHEN n % 3 > 0 THEN pg_temp.key('model', 1 + n % 9) END, CASE WHEN n % 6 > 0 THEN n END,
    CASE WHEN n % 2 = 0 THEN jsonb_build_object('n', n) END, pg_temp.moment(n), pg_temp.moment(n + 3),
    CASE WHEN n % 4 = 0 THEN pg_temp.moment(n + 1000) END
FROM generate_series(1, 60) AS n;

INSERT INTO mcp.context_items (id, context_id, type, role, content, token_count, sequence_number, created_at)
SELECT pg_temp.key('item', n), pg_temp.key('context', 1 + n % 60), 'message',
    (ARRAY['user', 'assistant', 'tool'])[1 + n % 3],
    'item ' || n, n % 900, n / 60, pg_temp.moment(n)
FROM generate_series(1, pg_temp.rows() * 2) AS n;

INSERT INTO mcp.users (id, tenant_id, email, name, created_at, updated_at)
SELECT pg_temp.key('user', n), pg_temp.tenant(n), 'user' || n || '@example.org', 'User ' || n, pg_temp.moment(n),
    pg_temp.moment(n)
FROM generate_series(1, 30) AS n;

INSERT INTO mcp.api_keys (id, tenant_id, user_id, key_hash, key_prefix, name, type, is_active, expires_at,
    created_at, updated_at)
SELECT pg_temp.key('api key', n), pg_temp.tenant(n),
    CASE WHEN n % 4 > 0 THEN pg_temp.key('user', 1 + (n - 1) % 30) END,
    encode(sha256(('secret ' || n)::bytea), 'hex'), 'mcp_' || n % 1000, 'key ' || n,
    (ARRAY['standard', 'service', 'admin', 'agent', 'gateway', 'user'])[1 + n % 6],
    CASE WHEN n % 9 > 0 THEN true END, CASE WHEN n % 3 = 0 THEN pg_temp.moment(n + 100000) END,
    pg_temp.moment(n), pg_temp.moment(n)
FROM generate_series(1, 120) AS n;

INSERT INTO mcp.api_key_usage (id, api_key_id, endpoint, status_code, response_time_ms, ip_address, used_at)
SELECT pg_temp.key('use', n), pg_temp.key('api key', 1 + n % 120), '/v1/things', 200, n % 500, '192.0.2.7',
    pg_temp.moment(n % 3400)
FROM generate_series(1, pg_temp.rows()) AS n;

INSERT INTO mcp.embeddings (id, tenant_id, context_id, content_index, chunk_index, content, content_hash,
    model_provider,
    model_name, model_dimensions, metadata, created_at, updated_at)
SELECT pg_temp.key('embedding', n), pg_temp.tenant(n),
    CASE WHEN n % 3 > 0 THEN pg_temp.key('context', 1 + (n - 1) % 60) END,
    n, CASE WHEN n % 5 > 0 THEN 0 END,
    format('The quick brown fox number %s jumps over %s lazy dogs', n, n % 17), md5(n::text),
    (ARRAY['openai', 'bedrock'])[1 + n % 2], (ARRAY['text-embedding-3-small', 'titan-v2'])[1 + n % 2],
    (ARRAY[1536, 1024])[1 + n % 2], CASE WHEN n % 8 > 0 THEN jsonb_build_object('n', n) END, pg_temp.moment(n % 3400),
    pg_temp.moment(n % 3400)
FROM generate_series(1, pg_temp.rows()) AS n;

INSERT INTO mcp.tasks (id, tenant_id, type, status, priority, created_by, assigned_to, parent_task_id, title,
    parameters,
    result, max_retries, retry_count, created_at, assigned_at, updated_at, deleted_at)
SELECT pg_temp.key('task', n), pg_temp.tenant(n), 'analysis',
    (ARRAY['pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled', 'delegated'])[1 + n % 7],
    CASE WHEN n % 11 > 0 THEN (ARRAY['low', 'medium', 'high', 'critical'])[1 + n % 4] END,
    pg_temp.key('user', 1 + n % 30),
    CASE WHEN n % 7 > 0 THEN pg_temp.key('agent', 1 + n % 40) END,
    CASE WHEN n % 10 = 0 THEN pg_temp.key('task', n - 5) END, 'Task number ' || n,
    CASE WHEN n % 5 > 0 THEN jsonb_build_object('n', n, 'text', repeat('x', 40)) END,
    CASE WHEN n % 7 = 3 THEN '{"ok": true}'::jsonb END, CASE WHEN n % 6 > 0 THEN 3 END,
    CASE WHEN n % 13 > 0 THEN 0 END,
    pg_temp.moment(n % 3400), CASE WHEN n % 7 > 0 THEN pg_temp.moment(n % 3400 + 1) END,
    CASE WHEN n % 12 > 0 THEN pg_temp.moment(n % 3400 + 2) END,
    CASE WHEN n % 50 = 0 THEN pg_temp.moment(n % 3400 + 3) END
FROM generate_series(1, pg_temp.rows()) AS n;

INSERT INTO mcp.workflows (id, tenant_id, name, type, status, version, created_by, created_at, updated_at)
SELECT pg_temp.key('workflow', n), pg_temp.tenant(n), 'workflow ' || n,
    (ARRAY['sequential', 'parallel', 'conditional', 'loop'])[1 + n % 4],
    (ARRAY['draft', 'active', 'paused', 'completed', 'failed', 'archived'])[1 + n % 6],
    CASE WHEN n % 4 > 0 THEN n END,
    'user' || n || '@example.org', pg_temp.moment(n), CASE WHEN n % 3 > 0 THEN pg_temp.moment(n) END
FROM generate_series(1, 25) AS n;

INSERT INTO mcp.workflow_executions (id, workflow_id, status, input, started_at, completed_at, created_at, updated_at)
SELECT pg_temp.key('execution', n), pg_temp.key('workflow', 1 + n % 25),
    (ARRAY['active', 'completed', 'failed'])[1 + n % 3],
    CASE WHEN n % 2 = 0 THEN '{"a": 1}'::jsonb END, pg_temp.moment(n),
    CASE WHEN n % 3 > 0 THEN pg_temp.moment(n + 1) END,
    pg_temp.moment(n), pg_temp.moment(n)
FROM generate_series(1, 200) AS n;

INSERT INTO mcp.workspaces (id, tenant_id, name, visibility, settings, created_at, updated_at)
SELECT pg_temp.key('workspace', n), pg_temp.tenant(n), 'workspace ' || n,
    (ARRAY['private', 'team', 'organization', 'public'])[1 + n % 4]::mcp.workspace_visibility,
    CASE WHEN n % 2 = 0 THEN '{}'::jsonb END, pg_temp.moment(n) AT TIME ZONE 'UTC', pg_temp.moment(n)
FROM generate_series(1, 20) AS n;

INSERT INTO mcp.integrations (id, tenant_id, name, type, credentials, is_active, created_at, updated_at)
SELECT pg_temp.key('integration', n), pg_temp.tenant(n), 'integration ' || n, 'github', '\x5ec7e7',
    CASE WHEN n % 2 = 0 THEN true END, pg_temp.moment(n), pg_temp.moment(n)
FROM generate_series(1, 8) AS n;

INSERT INTO mcp.events (id, tenant_id, event_type, source, payload, created_at)
SELECT pg_temp.key('event', n), pg_temp.tenant(n), 'task.created', 'api', jsonb_build_object('n', n),
    pg_temp.moment(n)
FROM generate_series(1, 100) AS n;

INSERT INTO mcp.audit_log (id, tenant_id, table_name, record_id, action, new_data, changed_by, changed_at)
SELECT pg_temp.key('audit', n), pg_temp.tenant(n), 'tasks', pg_temp.key('task', n),
    (ARRAY['INSERT', 'UPDATE', 'DELETE'])[1 + n % 3], jsonb_build_object('n', n), 'user' || n % 30,
    pg_temp.moment(n % 3400)
FROM generate_series(1, pg_temp.rows()) AS n;

INSERT INTO mcp.legacy_sessions SELECT n, pg_temp.tenant(n), '{}' FROM generate_series(1, 5) AS n;

DROP FUNCTION pg_temp.rows(), pg_temp.tenant(bigint), pg_temp.key(text, bigint), pg_temp.moment(bigint);
