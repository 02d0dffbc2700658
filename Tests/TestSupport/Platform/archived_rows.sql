-- Rows in every table of archived.sql. Its audit triggers find no partition for the present, as on any such platform
-- since the last month that somebody made one for: they are out of the way while rows come in.
ALTER TABLE tasks DISABLE TRIGGER audit_tasks;
ALTER TABLE workflows DISABLE TRIGGER audit_workflows;
ALTER TABLE workspaces DISABLE TRIGGER audit_workspaces;
ALTER TABLE shared_documents DISABLE TRIGGER audit_documents;

-- Within the months that tasks and audit_log have partitions for, and those of the keys' use.
CREATE FUNCTION pg_temp.early(number bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
    AS $$ SELECT pg_temp.moment(number % 2200) AT TIME ZONE 'UTC' $$;
CREATE FUNCTION pg_temp.late(number bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
    AS $$ SELECT timestamptz '2025-06-01 00:00:00+00' + number % 2300 * interval '37 minutes 11 seconds' $$;

INSERT INTO models (id, tenant_id, name)
SELECT pg_temp.key('model', n), pg_temp.tenant(n), 'Model ' || n FROM generate_series(1, 9) AS n;
INSERT INTO agents (id, tenant_id, name, model_id, capabilities, type, status, last_seen_at, created_at, updated_at)
SELECT pg_temp.key('agent', n), pg_temp.tenant(n), 'agent ' || n,
    CASE WHEN n % 5 > 0 THEN pg_temp.key('model', 1 + n % 9) END,
    CASE WHEN n % 3 > 0 THEN ARRAY['chat', 'code'] END, (ARRAY['standard', 'specialized'])[1 + n % 2],
    (ARRAY['available', 'busy', 'offline'])[1 + n % 3], CASE WHEN n % 4 > 0 THEN pg_temp.early(n) END, pg_temp.early(n),
    pg_temp.early(n)
FROM generate_series(1, 40) AS n;
INSERT INTO agent_configs (id, agent_id, version, embedding_strategy, model_preferences, is_active, created_by)
SELECT pg_temp.key('agent config', n),
    CASE WHEN n % 6 > 0 THEN pg_temp.key('agent', 1 + n % 40)::text ELSE 'test-agent-' || n END, 1,
    (ARRAY['balanced', 'quality', 'speed', 'cost'])[1 + n % 4], '["text-embedding-3-small"]',
    CASE WHEN n % 5 > 0 THEN n % 5 > 1 END, CASE WHEN n % 2 = 0 THEN 'system' END
FROM generate_series(1, 30) AS n;
INSERT INTO users (id, email, tenant_id, last_login_at, created_at, updated_at)
SELECT pg_temp.key('user', n), 'user' || n || '@example.org', pg_temp.tenant(n),
    CASE WHEN n % 2 = 0 THEN pg_temp.early(n) END,
    pg_temp.early(n), pg_temp.early(n)
FROM generate_series(1, 30) AS n;
INSERT INTO api_keys (id, key_hash, key_prefix, user_id, tenant_id, name, scopes, expires_at, is_active, created_at,
    updated_at)
SELECT pg_temp.key('api key', n), encode(sha256(('secret ' || n)::bytea), 'hex'), 'mcp_' || n % 1000,
    CASE WHEN n % 4 > 0 THEN pg_temp.key('user', 1 + (n - 1) % 30) END, pg_temp.tenant(n), 'key ' || n, ARRAY['read'],
    CASE WHEN n % 3 = 0 THEN pg_temp.early(n) + interval '9 years' END, n % 9 > 0, pg_temp.early(n), pg_temp.early(n)
FROM generate_series(1, 120) AS n;
INSERT INTO api_key_usage (api_key_id, used_at, ip_address, endpoint, status_code, response_time_ms)
SELECT pg_temp.key('api key', 1 + n % 120), pg_temp.late(n) + n * interval '1 microsecond',
    CASE WHEN n % 2 = 0 THEN inet '192.0.2.7' END,
    CASE WHEN n % 5 > 0 THEN '/v1/things' END, CASE WHEN n % 10 > 0 THEN 200 END, n % 500
FROM generate_series(1, pg_temp.rows()) AS n;

-- What a migration wrote where there was nothing: an agent and a model that no table has.
INSERT INTO contexts (id, tenant_id, name, agent_id, model_id, session_id, current_tokens, max_tokens, created_at,
    updated_at)
SELECT pg_temp.key('context', n), pg_temp.tenant(n), 'context ' || n,
    CASE WHEN n % 8 > 0 THEN pg_temp.key('agent', 1 + n % 40)::text ELSE 'system' END,
    CASE WHEN n % 8 > 0 THEN pg_temp.key('model', 1 + n % 9)::text ELSE (ARRAY['default', 'gpt-4'])[1 + n / 8 % 2] END,
    CASE WHEN n % 2 = 0 THEN 'session-' || n END, CASE WHEN n % 3 > 0 THEN n END, CASE WHEN n % 4 > 0 THEN 4000 END,
    pg_temp.early(n), pg_temp.early(n)
FROM generate_series(1, 60) AS n;
INSERT INTO context_items (id, context_id, role, content, tokens, "timestamp")
SELECT pg_temp.key('item', n), pg_temp.key('context', 1 + n % 60), (ARRAY['user', 'assistant', 'tool'])[1 + n % 3],
    'item ' || n, CASE WHEN n % 5 > 0 THEN n % 900 END, pg_temp.early(n)
FROM generate_series(1, pg_temp.rows() * 2) AS n;

INSERT INTO embedding_models (id, provider, model_name, model_version, dimensions, max_tokens, cost_per_million_tokens,
    model_type, supports_dimensionality_reduction, min_dimensions)
SELECT pg_temp.key('embedding model', m.n), m.provider, m.name, m.version, m.dimensions, 8191, 0.02, m.type,
    m.least IS NOT NULL, m.least
FROM (VALUES
    (1, 'openai', 'text-embedding-3-small', 'v3', 1536, 'text', 512),
    (2, 'openai', 'text-embedding-3-large', 'v3', 3072, 'text', 256),
    (3, 'voyage', 'voyage-code-3', 'v3', 1024, 'code', 256),
    (4, 'google', 'multimodal-embedding', 'v1', 1408, 'multimodal', NULL), (5, 'local', 'small', NULL, 384, NULL, NULL)
) AS m (n, provider, name, version, dimensions, type, least);
INSERT INTO embeddings (id, context_id, content_index, content, model_id, model_provider, model_name, model_dimensions,
    embedding, tenant_id, agent_id, cost_usd, metadata, created_at, updated_at)
SELECT pg_temp.key('embedding', n), pg_temp.key('context', 1 + n % 60), n,
    format('The quick brown fox number %s jumps over %s lazy dogs', n, n % 17), m.id, m.provider, m.model_name,
    m.dimensions, (
        SELECT array_agg(CASE WHEN d <= m.dimensions THEN ((d * 7 + n) % 11)::real ELSE 0 END)
        FROM generate_series(1, 4096) AS d)::vector,
    pg_temp.tenant(1 + n % 60), CASE WHEN n % 4 > 0 THEN 'agent-' || n % 40 END,
    CASE WHEN n % 2 = 0 THEN n / 100000.0 END,
    jsonb_build_object('n', n), pg_temp.early(n), pg_temp.early(n)
FROM generate_series(1, least(pg_temp.rows(), 60)) AS n
JOIN embedding_models AS m ON m.id = pg_temp.key('embedding model', 1 + n % 4);
INSERT INTO embedding_searches (id, tenant_id, model_provider, model_name, search_type, result_count, search_time_ms,
    filters)
SELECT pg_temp.key('search', n), pg_temp.tenant(n), 'openai', 'text-embedding-3-small',
    (ARRAY['similarity', 'hybrid', 'filtered'])[1 + n % 3], n, n, CASE WHEN n % 2 = 0 THEN '{}'::jsonb END
FROM generate_series(1, 20) AS n;
INSERT INTO embedding_cache (id, cache_key, embedding_id, hit_count, expires_at)
SELECT pg_temp.key('cached', n), 'key-' || n, CASE WHEN n % 5 > 0 THEN pg_temp.key('embedding', n) END,
    CASE WHEN n % 3 > 0 THEN n END, CASE WHEN n % 2 = 0 THEN pg_temp.early(n) END
FROM generate_series(1, 10) AS n;
INSERT INTO embedding_metrics (id, agent_id, model_provider, model_name, model_dimensions, token_count,
    total_latency_ms, cost_usd, status, retry_count, tenant_id, "timestamp")
SELECT pg_temp.key('metric', n), 'agent-' || n % 40, 'openai', 'text-embedding-3-small', 1536, n, n % 700, n / 1000.0,
    (ARRAY['success', 'failure', 'timeout', 'fallback'])[1 + n % 4], CASE WHEN n % 5 > 0 THEN 0 END, pg_temp.tenant(n),
    pg_temp.early(n)
FROM generate_series(1, pg_temp.rows()) AS n;
REFRESH MATERIALIZED VIEW agent_cost_analytics;
INSERT INTO projection_matrices (id, from_dimensions, to_dimensions, from_model, to_model, matrix, accuracy_score)
VALUES (pg_temp.key('matrix', 1), 2, 2, 'text-embedding-3-large', 'text-embedding-3-small', '[[1, 0], [0, 1]]', 0.9),
    (pg_temp.key('matrix', 2), 2, 2, NULL, NULL, '[[0, 1], [1, 0]]', NULL);

INSERT INTO tasks (id, tenant_id, type, status, priority, created_by, assigned_to, parent_task_id, title, parameters,
    result, max_retries, retry_count, created_at, assigned_at, updated_at, deleted_at)
SELECT pg_temp.key('task', n), pg_temp.tenant(n), 'analysis', (enum_range(NULL::task_status))[1 + n % 9],
    CASE WHEN n % 11 > 0 THEN (enum_range(NULL::task_priority))[1 + n % 4] END,
    CASE WHEN n % 10 > 0 THEN pg_temp.key('agent', 1 + n % 40)::text ELSE 'test-agent-1' END,
    CASE WHEN n % 10 = 0 THEN 'test-agent-2' WHEN n % 7 > 0 THEN pg_temp.key('agent', 1 + n % 40)::text END,
    CASE WHEN n % 10 = 0 THEN pg_temp.key('task', n - 5) END, 'Task number ' || n, jsonb_build_object('n', n),
    CASE WHEN n % 7 = 3 THEN '{"ok": true}'::jsonb END, CASE WHEN n % 6 > 0 THEN 3 END, CASE WHEN n % 13 > 0 THEN 0 END,
    CASE WHEN n % 2 = 0 THEN pg_temp.early(n % 1500) ELSE pg_temp.late(n) END,
    CASE WHEN n % 7 > 0 THEN pg_temp.late(n) END, CASE WHEN n % 12 > 0 THEN pg_temp.late(n) END,
    CASE WHEN n % 50 = 0 THEN pg_temp.late(n) END
FROM generate_series(1, pg_temp.rows()) AS n;
INSERT INTO task_delegations (id, task_id, task_created_at, from_agent_id, to_agent_id, delegation_type, delegated_at)
SELECT pg_temp.key('delegation', n), pg_temp.key('task', n), t.created_at, pg_temp.key('agent', 1 + n % 40)::text,
    CASE WHEN n % 10 > 0 THEN pg_temp.key('agent', 1 + (n + 1) % 40)::text ELSE 'test-agent-2' END,
    CASE WHEN n % 5 > 0 THEN (enum_range(NULL::delegation_type))[1 + n % 4] END,
    CASE WHEN n % 6 > 0 THEN pg_temp.late(n) END
FROM generate_series(1, 40) AS n
JOIN tasks AS t ON t.id = pg_temp.key('task', n);
INSERT INTO workflows (id, tenant_id, name, type, version, created_by, steps, is_active, created_at, updated_at)
SELECT pg_temp.key('workflow', n), pg_temp.tenant(n), 'workflow ' || n, (enum_range(NULL::workflow_type))[1 + n % 4],
    CASE WHEN n % 4 > 0 THEN n END, 'test-coordinator', '[{"id": "1", "name": "one", "type": "task"}]',
    CASE WHEN n % 3 > 0 THEN true END, CASE WHEN n % 5 > 0 THEN pg_temp.early(n) END,
    CASE WHEN n % 3 > 0 THEN pg_temp.early(n) END
FROM generate_series(1, 25) AS n;
INSERT INTO workflow_executions (id, workflow_id, tenant_id, status, triggered_by, started_at, completed_at)
SELECT pg_temp.key('execution', n), pg_temp.key('workflow', 1 + n % 25), pg_temp.tenant(1 + n % 25),
    (enum_range(NULL::workflow_status))[1 + n % 7], 'test-agent-1', CASE WHEN n % 8 > 0 THEN pg_temp.early(n) END,
    CASE WHEN n % 3 > 0 THEN pg_temp.early(n + 1) END
FROM generate_series(1, 100) AS n;
INSERT INTO workspaces (id, tenant_id, name, owner_id, visibility, max_members, created_at, updated_at)
SELECT pg_temp.key('workspace', n), pg_temp.tenant(n), 'workspace ' || n,
    CASE WHEN n % 10 > 0 THEN pg_temp.key('agent', n)::text ELSE 'test-agent-1' END,
    CASE WHEN n % 5 > 0 THEN (enum_range(NULL::workspace_visibility))[1 + n % 3] END, CASE WHEN n % 3 > 0 THEN 100 END,
    CASE WHEN n % 4 > 0 THEN pg_temp.early(n) END, CASE WHEN n % 4 > 0 THEN pg_temp.early(n) END
FROM generate_series(1, 20) AS n;
INSERT INTO workspace_members (workspace_id, agent_id, tenant_id, role, joined_at)
SELECT pg_temp.key('workspace', 1 + n % 20), 'test-agent-' || n, pg_temp.tenant(1 + n % 20),
    CASE WHEN n % 6 > 0 THEN (enum_range(NULL::member_role))[1 + n % 4] END,
    CASE WHEN n % 4 > 0 THEN pg_temp.early(n) END
FROM generate_series(1, 50) AS n;
INSERT INTO shared_documents (id, workspace_id, tenant_id, title, content, content_type, version, is_locked, locked_by,
    locked_at, lock_expires_at, created_by, created_at, updated_at, deleted_at)
SELECT pg_temp.key('document', n), CASE WHEN n <> 40 THEN pg_temp.key('workspace', 1 + n % 20) END,
    pg_temp.tenant(1 + n % 20), 'Document ' || n, CASE WHEN n % 4 > 0 THEN repeat('text ', n) END,
    (ARRAY['text', 'markdown', 'json', 'yaml', 'code', NULL])[1 + n % 6], CASE WHEN n % 5 > 0 THEN 1 END, n % 9 = 0,
    CASE WHEN n % 9 = 0 THEN 'test-agent-1' END, CASE WHEN n % 9 = 0 THEN pg_temp.early(n) END,
    CASE WHEN n % 9 = 0 THEN pg_temp.late(n) END, 'test-agent-1', CASE WHEN n % 7 > 0 THEN pg_temp.early(n) END,
    pg_temp.early(n), CASE WHEN n % 10 = 0 THEN pg_temp.late(n) END
FROM generate_series(1, 40) AS n;
INSERT INTO document_operations (id, document_id, tenant_id, agent_id, operation_type, operation_data, vector_clock,
    "timestamp", parent_operation_id, is_applied)
SELECT pg_temp.key('operation', n), pg_temp.key('document', 1 + n % 40), pg_temp.tenant(1 + (1 + n % 40) % 20),
    'test-agent-1', (ARRAY['insert', 'delete', 'update', 'move', 'format'])[1 + n % 5], jsonb_build_object('n', n),
    '{"a": 1}', CASE WHEN n % 4 > 0 THEN pg_temp.early(n) END,
    CASE WHEN n > 40 THEN pg_temp.key('operation', n - 40) END,
    CASE WHEN n % 3 > 0 THEN true END
FROM generate_series(1, 80) AS n;
INSERT INTO conflict_resolutions (id, tenant_id, resource_type, resource_id, conflict_type, resolution_strategy,
    created_at)
SELECT pg_temp.key('conflict', n), pg_temp.tenant(1 + n % 20),
    CASE WHEN n % 5 > 0 THEN 'document' ELSE 'workspace' END,
    CASE WHEN n % 5 > 0 THEN pg_temp.key('document', n) ELSE pg_temp.key('workspace', n) END, 'concurrent_edit',
    CASE WHEN n % 2 = 0 THEN 'last_write_wins' END, CASE WHEN n % 3 > 0 THEN pg_temp.early(n) END
FROM generate_series(1, 15) AS n;
INSERT INTO audit_log (id, tenant_id, table_name, record_id, action, new_data, changed_by, changed_at)
SELECT pg_temp.key('audit', n), pg_temp.tenant(n), 'tasks', pg_temp.key('task', n),
    (ARRAY['INSERT', 'UPDATE', 'DELETE', 'SELECT'])[1 + n % 4], CASE WHEN n % 4 > 0 THEN jsonb_build_object('n', n) END,
    'system', pg_temp.early(n % 1500)
FROM generate_series(1, pg_temp.rows()) AS n;
INSERT INTO events (id, source, type, data, "timestamp")
SELECT pg_temp.key('event', n), 'github', 'push', jsonb_build_object('n', n), pg_temp.early(n)
FROM generate_series(1, 50) AS n;
INSERT INTO integrations (id, name, type, status)
SELECT pg_temp.key('integration', n), 'integration ' || n, 'github', (ARRAY['active', 'disabled', NULL])[1 + n % 3]
FROM generate_series(1, 8) AS n;

ALTER TABLE tasks ENABLE TRIGGER audit_tasks;
ALTER TABLE workflows ENABLE TRIGGER audit_workflows;
ALTER TABLE workspaces ENABLE TRIGGER audit_workspaces;
ALTER TABLE shared_documents ENABLE TRIGGER audit_documents;
