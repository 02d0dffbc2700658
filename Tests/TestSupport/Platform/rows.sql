-- Rows in every table of recent.sql, some as many as the setting platform.rows says (tasks, embeddings, what is
-- partitioned; items of contexts twice as many).
INSERT INTO mcp.organizations (id, name, slug, settings)
SELECT pg_temp.key('organization', n), 'Organization ' || n, 'organization-' || n,
    CASE WHEN n = 1 THEN NULL ELSE '{}'::jsonb END
FROM generate_series(1, 3) AS n;
INSERT INTO mcp.organization_tenants (organization_id, tenant_id, tenant_name)
SELECT pg_temp.key('organization', 1 + n % 3), pg_temp.tenant(n), 'tenant ' || n FROM generate_series(0, 4) AS n;

INSERT INTO mcp.users (id, tenant_id, email, name, status, email_verified, created_at, updated_at, organization_id,
    role, last_login_at)
SELECT pg_temp.key('user', n), pg_temp.tenant(n), 'user' || n || '@example.org',
    CASE WHEN n % 4 > 0 THEN 'User ' || n END,
    (ARRAY['active', 'inactive', 'suspended', NULL])[1 + n % 4], n % 2 = 0, pg_temp.moment(n),
    CASE WHEN n % 7 > 0 THEN pg_temp.moment(n + 1) END,
    CASE WHEN n % 3 > 0 THEN pg_temp.key('organization', n % 3) END,
    (ARRAY['owner', 'admin', 'member', 'readonly', NULL])[1 + n % 5], CASE WHEN n % 2 = 0 THEN pg_temp.moment(n + 9) END
FROM generate_series(1, 30) AS n;
UPDATE mcp.organizations SET owner_user_id = pg_temp.key('user', 1);
INSERT INTO mcp.user_sessions (id, user_id, refresh_token_hash, expires_at)
SELECT pg_temp.key('session', n), pg_temp.key('user', n), md5('token' || n), pg_temp.moment(n + 1000)
FROM generate_series(1, 10) AS n;

INSERT INTO mcp.models (id, tenant_id, name, provider, type, capabilities, is_active, created_at, updated_at)
SELECT pg_temp.key('model', n), pg_temp.tenant(n), 'model-' || n, (ARRAY['openai', 'anthropic', 'bedrock'])[1 + n % 3],
    (ARRAY['llm', 'embedding', 'vision', 'audio'])[1 + n % 4], CASE WHEN n % 4 > 0 THEN ARRAY['chat', 'code'] END,
    CASE WHEN n % 3 > 0 THEN n % 3 = 1 END, pg_temp.moment(n), CASE WHEN n % 5 > 0 THEN pg_temp.moment(n + 1) END
FROM generate_series(1, 9) AS n;

-- Agents of the days before they were configurations of manifests: these moved, under their keys.
INSERT INTO mcp.agents_deprecated (id, tenant_id, name, type, model_id, capabilities, status, last_seen_at, created_at,
    updated_at, state)
SELECT pg_temp.key('agent', n), pg_temp.tenant(n), 'agent ' || n, (ARRAY['ide', 'slack', 'standard'])[1 + n % 3],
    CASE WHEN n % 5 > 0 THEN (ARRAY['gpt-4', 'claude-3-opus'])[1 + n % 2] END,
    CASE WHEN n % 3 > 0 THEN ARRAY['chat', 'embeddings'] END,
    (ARRAY['available', 'active', 'offline', NULL])[1 + n % 4],
    CASE WHEN n % 2 = 0 THEN pg_temp.moment(n)::timestamptz END,
    pg_temp.moment(n), pg_temp.moment(n), (enum_range(NULL::mcp.agent_state))[1 + n % 9]
FROM generate_series(1, 20) AS n;
-- Those behind them came later, and were never in the old table.
INSERT INTO mcp.agent_manifests (id, organization_id, agent_id, agent_type, name, version, capabilities, status)
SELECT pg_temp.key('manifest', n), CASE WHEN n % 2 = 0 THEN pg_temp.key('organization', 1 + n % 3) END,
    pg_temp.key('agent', n)::text, (ARRAY['ide', 'slack', 'standard'])[1 + n % 3], 'agent ' || n, '1.0.0',
    CASE WHEN n % 3 > 0 THEN '{"capabilities": ["chat", "embeddings"]}'::jsonb ELSE '{"capabilities": []}' END, 'active'
FROM generate_series(1, 40) AS n;
INSERT INTO mcp.agent_configurations (id, tenant_id, manifest_id, name, enabled, configuration, model_id, created_at,
    updated_at)
SELECT pg_temp.key('agent', n), pg_temp.tenant(n), pg_temp.key('manifest', n), 'agent ' || n,
    CASE WHEN n % 6 > 0 THEN n % 4 > 0 END, CASE WHEN n % 7 > 0 THEN jsonb_build_object('n', n) END,
    CASE WHEN n % 5 > 0 THEN (ARRAY['gpt-4', 'claude-3-opus'])[1 + n % 2] END, pg_temp.moment(n)::timestamptz,
    CASE WHEN n % 8 > 0 THEN pg_temp.moment(n + 1)::timestamptz END
FROM generate_series(1, 40) AS n;
INSERT INTO mcp.agent_registrations (id, manifest_id, tenant_id, instance_id, registration_status, health_status,
    last_health_check)
SELECT pg_temp.key('registration', n), pg_temp.key('manifest', n), pg_temp.tenant(n), 'instance-' || n,
    (ARRAY['active', 'inactive'])[1 + n % 2], (ARRAY['healthy', 'degraded', 'unknown'])[1 + n % 3],
    CASE WHEN n % 4 > 0 THEN pg_temp.moment(n)::timestamptz END
FROM generate_series(1, 25) AS n;
INSERT INTO mcp.agent_events (id, agent_id, tenant_id, event_type, from_state, to_state, created_at)
SELECT pg_temp.key('agent event', n), pg_temp.key('agent', 1 + n % 40), pg_temp.tenant(1 + n % 40), 'state_transition',
    'pending', 'configuring', pg_temp.moment(n)::timestamptz
FROM generate_series(1, 30) AS n;
INSERT INTO mcp.agent_health_metrics (agent_id, tenant_id, metric_name, value, recorded_at)
SELECT pg_temp.key('agent', n), pg_temp.tenant(n), 'cpu', n, pg_temp.moment(n)::timestamptz
FROM generate_series(1, 20) AS n;
INSERT INTO mcp.agent_configs (id, agent_id, version, embedding_strategy, model_preferences, embedding_model_id,
    is_active, created_at, updated_at, created_by)
SELECT pg_temp.key('agent config', n), pg_temp.key('agent', n), 1,
    (ARRAY['balanced', 'quality', 'speed', 'cost'])[1 + n % 4],
    '[{"task_type": "general_qa", "primary_models": ["openai:text-embedding-3-small"]}]',
    CASE WHEN n % 3 = 0 THEN pg_temp.key('model', 1 + n % 9) END, CASE WHEN n % 5 > 0 THEN n % 5 > 1 END,
    pg_temp.moment(n), CASE WHEN n % 6 > 0 THEN pg_temp.moment(n) END,
    CASE WHEN n % 2 = 0 THEN '00000000-0000-0000-0000-000000000000'::uuid END
FROM generate_series(1, 30) AS n;

INSERT INTO mcp.contexts (id, tenant_id, agent_id, model_id, type, status, metadata, token_count, created_at,
    updated_at, expires_at)
SELECT pg_temp.key('context', n), pg_temp.tenant(n), CASE WHEN n % 4 > 0 THEN pg_temp.key('agent', 1 + n % 40) END,
    CASE WHEN n % 3 > 0 THEN pg_temp.key('model', 1 + n % 9) END, 'conversation',
    (ARRAY['active', 'archived', NULL])[1 + n % 3], CASE WHEN n % 2 = 0 THEN jsonb_build_object('n', n) END,
    CASE WHEN n % 6 > 0 THEN n END, pg_temp.moment(n), CASE WHEN n % 7 > 0 THEN pg_temp.moment(n + 3) END,
    CASE WHEN n % 4 = 0 THEN pg_temp.moment(n + 1000) END
FROM generate_series(1, 60) AS n;
INSERT INTO mcp.context_items (id, context_id, type, role, content, token_count, sequence_number, metadata, created_at)
SELECT pg_temp.key('item', n), pg_temp.key('context', 1 + n % 60), 'message',
    (ARRAY['user', 'assistant', 'tool'])[1 + n % 3], 'item ' || n, CASE WHEN n % 5 > 0 THEN n % 900 END, n / 60,
    CASE WHEN n % 9 > 0 THEN '{}'::jsonb END, CASE WHEN n % 11 > 0 THEN pg_temp.moment(n % 3400) END
FROM generate_series(1, pg_temp.rows() * 2) AS n;

INSERT INTO mcp.api_keys (id, tenant_id, user_id, key_hash, key_prefix, name, key_type, role, scopes, is_active,
    parent_key_id, allowed_services, created_at, updated_at, expires_at)
SELECT pg_temp.key('api key', n), pg_temp.tenant(n), CASE WHEN n % 4 > 0 THEN pg_temp.key('user', 1 + (n - 1) % 30) END,
    encode(sha256(('secret ' || n)::bytea), 'hex'), 'mcp_' || n % 1000, 'key ' || n,
    (ARRAY['user', 'admin', 'agent', 'service', 'gateway', NULL])[1 + n % 6],
    (ARRAY['admin', 'user', 'readonly', 'service', NULL])[1 + n % 5],
    CASE WHEN n % 3 > 0 THEN ARRAY['read', 'write'] END,
    CASE WHEN n % 9 > 0 THEN n % 9 > 1 END, CASE WHEN n > 10 AND n % 6 = 2 THEN pg_temp.key('api key', n - 10) END,
    CASE WHEN n % 8 > 0 THEN ARRAY['github'] END, pg_temp.moment(n), CASE WHEN n % 7 > 0 THEN pg_temp.moment(n) END,
    CASE WHEN n % 3 = 0 THEN pg_temp.moment(n + 100000) END
FROM generate_series(1, 120) AS n;
INSERT INTO mcp.api_key_usage (api_key_id, "timestamp", endpoint, method, status_code, response_time_ms, tokens_used,
    cost_usd)
SELECT pg_temp.key('api key', 1 + n % 120), pg_temp.moment(n % 3400), '/v1/things', 'GET',
    CASE WHEN n % 10 > 0 THEN 200 END, CASE WHEN n % 7 > 0 THEN n % 500 END, n, n / 1000.0
FROM generate_series(1, pg_temp.rows()) AS n;
INSERT INTO mcp.tenant_config (id, tenant_id, name, features, rate_limit_config, service_tokens, allowed_origins)
SELECT pg_temp.key('tenant config', n), pg_temp.tenant(n), 'tenant ' || n,
    CASE WHEN n > 0 THEN '{"beta": true}'::jsonb END,
    '{"default_requests_per_minute": 60, "default_requests_per_hour": 5000, "key_type_overrides": {}}',
    CASE WHEN n > 1 THEN '{}'::jsonb END, CASE WHEN n > 2 THEN ARRAY['https://example.org'] END
FROM generate_series(0, 4) AS n;

-- The platform's own seeds: no version, and the price of a token.
INSERT INTO mcp.embedding_models (id, provider, model_name, model_id, dimensions, max_tokens, cost_per_token,
    supports_dimensionality_reduction, min_dimensions)
SELECT pg_temp.key('embedding model', m.n), m.provider, m.name, m.name, m.dimensions, 8191, 0.00002,
    m.least IS NOT NULL, m.least
FROM (VALUES
    (1, 'openai', 'text-embedding-3-small', 1536, 512), (2, 'openai', 'text-embedding-3-large', 3072, 256),
    (3, 'openai', 'text-embedding-ada-002', 1536, NULL), (4, 'bedrock', 'amazon.titan-embed-text-v2:0', 1024, 256),
    (5, 'bedrock', 'amazon.titan-embed-image-v1', 1024, NULL), (6, 'google', 'text-embedding-004', 768, 256)
) AS m (n, provider, name, dimensions, least);
UPDATE mcp.embedding_models SET is_active = NULL, capabilities = NULL, model_type = NULL, max_tokens = NULL
WHERE model_name = 'amazon.titan-embed-image-v1';

INSERT INTO mcp.embeddings (id, tenant_id, context_id, content_index, content, content_hash, model_id, model_provider,
    model_name, model_dimensions, embedding, vector, agent_id, cost_usd, metadata, created_at, updated_at)
SELECT pg_temp.key('embedding', n), pg_temp.tenant(n),
    CASE WHEN n % 3 > 0 THEN pg_temp.key('context', 1 + n % 60) END, n,
    format('The quick brown fox number %s jumps over %s lazy dogs', n, n % 17), encode(sha256(n::text::bytea), 'hex'),
    m.id, m.provider, m.model_name, m.dimensions,
    CASE WHEN n < 25 THEN (
        SELECT array_agg(CASE WHEN d <= m.dimensions THEN ((d * 7 + n) % 11)::real ELSE 0 END)
        FROM generate_series(1, 4096) AS d) END::public.vector,
    CASE WHEN n < 25 AND m.dimensions = 1536
        THEN (SELECT array_agg(((d * 7 + n) % 11)::real) FROM generate_series(1, 1536) AS d) END::public.vector,
    CASE WHEN n % 4 > 0 THEN pg_temp.key('agent', 1 + n % 40)::text END, CASE WHEN n % 2 = 0 THEN n / 100000.0 END,
    CASE WHEN n % 8 > 0 THEN jsonb_build_object('n', n) END, pg_temp.moment(n % 3400), pg_temp.moment(n % 3400)
FROM generate_series(1, pg_temp.rows()) AS n
JOIN mcp.embedding_models AS m ON m.id = pg_temp.key('embedding model', 1 + n % 4);
INSERT INTO mcp.embedding_cache (id, content_hash, model_id, embedding, expires_at)
SELECT pg_temp.key('cached', n), encode(sha256(n::text::bytea), 'hex'), pg_temp.key('embedding model', 1 + n % 4),
    (SELECT array_agg(1::real) FROM generate_series(1, 4096))::public.vector,
    CASE WHEN n % 2 = 0 THEN pg_temp.moment(n) END
FROM generate_series(1, 5) AS n;
INSERT INTO mcp.embedding_statistics (collection_id, total_documents, avg_document_length)
VALUES ('documents', 40, 9.5), ('empty', 0, 0);
INSERT INTO mcp.projection_matrices (id, source_model_id, target_model_id, source_dimension, target_dimension,
    matrix_data)
VALUES (pg_temp.key('matrix', 1), pg_temp.key('model', 1), pg_temp.key('model', 2), 2, 2, '\x0000803f00000000');
INSERT INTO mcp.embedding_metrics (id, tenant_id, agent_id, model_id, "timestamp", tokens_used, cost_usd, latency_ms,
    batch_size, success, error_message)
SELECT pg_temp.key('metric', n), pg_temp.tenant(n), pg_temp.key('agent', 1 + n % 40), pg_temp.key('model', 1 + n % 9),
    pg_temp.moment(n % 3400), n, n / 1000.0, n % 700, CASE WHEN n % 5 > 0 THEN 1 END,
    CASE WHEN n % 7 > 0 THEN n % 7 > 1 END, CASE WHEN n % 7 = 1 THEN 'timeout' END
FROM generate_series(1, pg_temp.rows()) AS n;

INSERT INTO mcp.tasks (id, tenant_id, parent_task_id, agent_id, status, priority, title, input_data, output_data,
    max_retries, retry_count, assigned_at, escalation_timeout, created_at, updated_at, deleted_at)
SELECT pg_temp.key('task', n), pg_temp.tenant(n), CASE WHEN n % 10 = 0 THEN pg_temp.key('task', n - 5) END,
    CASE WHEN n % 7 > 0 THEN pg_temp.key('agent', 1 + n % 40) END,
    CASE WHEN n % 9 > 0 THEN (enum_range(NULL::mcp.task_status))[1 + n % 7] END,
    CASE WHEN n % 11 > 0 THEN (enum_range(NULL::mcp.task_priority))[1 + n % 4] END, 'Task number ' || n,
    CASE WHEN n % 5 > 0 THEN jsonb_build_object('n', n) END, CASE WHEN n % 7 = 3 THEN '{"ok": true}'::jsonb END,
    CASE WHEN n % 6 > 0 THEN 3 END, CASE WHEN n % 13 > 0 THEN 0 END,
    CASE WHEN n % 7 > 0 THEN pg_temp.moment(n % 3400 + 1) END, CASE WHEN n % 15 = 0 THEN interval '1 hour' END,
    pg_temp.moment(n % 3400), CASE WHEN n % 12 > 0 THEN pg_temp.moment(n % 3400 + 2) END,
    CASE WHEN n % 50 = 0 THEN pg_temp.moment(n % 3400 + 3)::timestamptz END
FROM generate_series(1, pg_temp.rows()) AS n;
INSERT INTO mcp.task_delegations (id, task_id, from_agent_id, to_agent_id, delegation_type, status, created_at)
SELECT pg_temp.key('delegation', n), pg_temp.key('task', n),
    CASE WHEN n % 3 > 0 THEN pg_temp.key('agent', 1 + n % 40) END, pg_temp.key('agent', 1 + (n + 1) % 40),
    CASE WHEN n % 5 > 0 THEN (enum_range(NULL::mcp.delegation_type))[1 + n % 4] END,
    (ARRAY['pending', 'accepted', 'rejected', 'completed', NULL])[1 + n % 5],
    CASE WHEN n % 6 > 0 THEN pg_temp.moment(n + 4) END
FROM generate_series(1, 40) AS n;
INSERT INTO mcp.task_delegation_history (id, task_id, from_agent_id, to_agent_id, delegation_type, created_at)
SELECT pg_temp.key('past delegation', n), pg_temp.key('task', n),
    CASE WHEN n % 3 > 0 THEN pg_temp.key('agent', 1 + n % 40) END, pg_temp.key('agent', 1 + (n + 1) % 40),
    CASE WHEN n % 5 > 0 THEN (enum_range(NULL::mcp.delegation_type))[1 + n % 4] END,
    CASE WHEN n % 6 > 0 THEN pg_temp.moment(n + 4)::timestamptz END
FROM generate_series(1, 40) AS n;
-- The first transition of a task comes from nowhere.
INSERT INTO mcp.task_state_transitions (id, task_id, from_status, to_status, transitioned_by, created_at)
SELECT pg_temp.key('transition', n), pg_temp.key('task', 1 + n / 2),
    CASE WHEN n % 2 = 1 THEN 'pending'::mcp.task_status END,
    CASE WHEN n % 2 = 1 THEN 'assigned'::mcp.task_status ELSE 'pending' END,
    CASE WHEN n % 3 > 0 THEN pg_temp.key('agent', 1 + n % 40) END,
    CASE WHEN n % 7 > 0 THEN pg_temp.moment(n + 5)::timestamptz END
FROM generate_series(1, 60) AS n;
INSERT INTO mcp.task_idempotency_keys (idempotency_key, task_id, created_at, expires_at)
SELECT 'request-' || n, pg_temp.key('task', n), CASE WHEN n % 4 > 0 THEN pg_temp.moment(n)::timestamptz END,
    pg_temp.moment(n + 40)::timestamptz
FROM generate_series(1, 20) AS n;

INSERT INTO mcp.workflows (id, tenant_id, name, type, status, definition, configuration, created_by, created_at,
    updated_at)
SELECT pg_temp.key('workflow', n), pg_temp.tenant(n), 'workflow ' || n,
    (enum_range(NULL::mcp.workflow_type))[1 + n % 6],
    CASE WHEN n % 5 > 0 THEN (enum_range(NULL::mcp.workflow_status))[1 + n % 6] END, '{"steps": []}',
    CASE WHEN n % 4 > 0 THEN '{}'::jsonb END, CASE WHEN n % 3 > 0 THEN pg_temp.key('user', n) END, pg_temp.moment(n),
    CASE WHEN n % 3 > 0 THEN pg_temp.moment(n) END
FROM generate_series(1, 25) AS n;
INSERT INTO mcp.workflow_executions (id, workflow_id, status, input_data, started_at, completed_at)
SELECT pg_temp.key('execution', n), pg_temp.key('workflow', 1 + n % 25),
    (ARRAY['running', 'completed', 'failed', NULL])[1 + n % 4], CASE WHEN n % 2 = 0 THEN '{"a": 1}'::jsonb END,
    CASE WHEN n % 8 > 0 THEN pg_temp.moment(n) END, CASE WHEN n % 3 > 0 THEN pg_temp.moment(n + 1) END
FROM generate_series(1, 100) AS n;

INSERT INTO mcp.workspaces (id, tenant_id, name, visibility, configuration, max_members, current_storage_bytes,
    current_documents, created_by, created_at, updated_at)
SELECT pg_temp.key('workspace', n), pg_temp.tenant(n), 'workspace ' || n,
    CASE WHEN n % 5 > 0 THEN (enum_range(NULL::mcp.workspace_visibility))[1 + n % 4] END,
    CASE WHEN n % 2 = 0 THEN '{}'::jsonb END, CASE WHEN n % 3 > 0 THEN 50 END, CASE WHEN n % 4 > 0 THEN 0 END,
    CASE WHEN n % 7 > 0 THEN 0 END, CASE WHEN n % 3 > 0 THEN pg_temp.key('user', n) END, pg_temp.moment(n),
    pg_temp.moment(n)
FROM generate_series(1, 20) AS n;
INSERT INTO mcp.workspace_members (workspace_id, user_id, role, joined_at, invited_by)
SELECT pg_temp.key('workspace', 1 + n % 20), pg_temp.key('user', 1 + n % 30),
    CASE WHEN n % 6 > 0 THEN (enum_range(NULL::mcp.member_role))[1 + n % 5] END,
    CASE WHEN n % 4 > 0 THEN pg_temp.moment(n) END, CASE WHEN n % 2 = 0 THEN pg_temp.key('user', 1) END
FROM generate_series(1, 50) AS n;
INSERT INTO mcp.workspace_activities (id, workspace_id, actor_id, action, target_type, target_id, metadata, created_at)
SELECT pg_temp.key('activity', n), pg_temp.key('workspace', 1 + n % 20), pg_temp.key('agent', 1 + n % 40),
    (ARRAY['document_created', 'member_joined'])[1 + n % 2], CASE WHEN n % 2 = 0 THEN 'document' END,
    CASE WHEN n % 2 = 0 THEN pg_temp.key('document', 1 + n % 40) END, CASE WHEN n % 5 > 0 THEN '{}'::jsonb END,
    CASE WHEN n % 9 > 0 THEN pg_temp.moment(n)::timestamptz END
FROM generate_series(1, 50) AS n;
INSERT INTO mcp.shared_documents (id, workspace_id, title, content, content_type, version, created_by, created_at,
    updated_at, deleted_at)
SELECT pg_temp.key('document', n), pg_temp.key('workspace', 1 + n % 20), 'Document ' || n,
    CASE WHEN n % 4 > 0 THEN repeat('text ', n) END, CASE WHEN n % 6 > 0 THEN 'markdown' END,
    CASE WHEN n % 5 > 0 THEN 1 END, CASE WHEN n % 3 > 0 THEN pg_temp.key('user', 1 + n % 30) END, pg_temp.moment(n),
    CASE WHEN n % 7 > 0 THEN pg_temp.moment(n) END, CASE WHEN n % 10 = 0 THEN pg_temp.moment(n + 9)::timestamptz END
FROM generate_series(1, 40) AS n;

INSERT INTO mcp.integrations (id, tenant_id, name, type, credentials_encrypted, status, created_at, updated_at)
SELECT pg_temp.key('integration', n), pg_temp.tenant(n), 'integration ' || n, (ARRAY['github', 'slack'])[1 + n % 2],
    CASE WHEN n % 3 > 0 THEN encode(('secret ' || n)::bytea, 'base64') END,
    (ARRAY['active', 'disabled', NULL])[1 + n % 3],
    pg_temp.moment(n), pg_temp.moment(n)
FROM generate_series(1, 8) AS n;
INSERT INTO mcp.webhook_configs (id, tenant_id, organization_name, integration_id, url, webhook_secret, enabled,
    allowed_events, is_active, created_at, updated_at)
SELECT pg_temp.key('webhook', n), pg_temp.tenant(n), 'organization-' || n,
    CASE WHEN n % 2 = 0 THEN pg_temp.key('integration', n) END, 'https://example.org/' || n,
    CASE WHEN n % 3 > 0 THEN 'sealed ' || n END, n % 2 = 0, ARRAY['push', 'pull_request'],
    CASE WHEN n % 4 > 0 THEN true END,
    pg_temp.moment(n), pg_temp.moment(n)
FROM generate_series(1, 6) AS n;
INSERT INTO mcp.events (id, tenant_id, aggregate_id, aggregate_type, event_type, event_data, source, created_at)
SELECT pg_temp.key('event', n), pg_temp.tenant(n), pg_temp.key('task', n), 'task', 'task.created',
    jsonb_build_object('n', n), CASE WHEN n % 3 > 0 THEN 'api' END, CASE WHEN n % 8 > 0 THEN pg_temp.moment(n) END
FROM generate_series(1, 100) AS n;
INSERT INTO mcp.audit_log (id, tenant_id, entity_type, entity_id, action, actor_type, actor_id, changes, ip_address,
    created_at)
SELECT pg_temp.key('audit', n), pg_temp.tenant(n), 'task', pg_temp.key('task', n),
    (ARRAY['create', 'update', 'delete'])[1 + n % 3], (ARRAY['user', 'agent', 'system'])[1 + n % 3],
    pg_temp.key('user', 1 + n % 30), CASE WHEN n % 4 > 0 THEN jsonb_build_object('n', n) END,
    CASE WHEN n % 2 = 0 THEN inet '192.0.2.7' END, pg_temp.moment(n % 3400)
FROM generate_series(1, pg_temp.rows()) AS n;

INSERT INTO mcp.tool_configurations (id, tenant_id, tool_name)
SELECT pg_temp.key('tool', n), pg_temp.tenant(n), 'tool-' || n FROM generate_series(1, 5) AS n;
INSERT INTO mcp.tool_executions (id, tenant_id, tool_config_id, action, status)
SELECT pg_temp.key('tool execution', n), pg_temp.tenant(1 + n % 5), pg_temp.key('tool', 1 + n % 5), 'run', 'completed'
FROM generate_series(1, 20) AS n;
INSERT INTO mcp.execution_history (id, execution_id, tenant_id, context_id, embedding_id, status)
SELECT pg_temp.key('history', n), pg_temp.key('tool execution', n), pg_temp.tenant(n), pg_temp.key('context', n),
    pg_temp.key('embedding', n), 'completed'
FROM generate_series(1, 20) AS n;
INSERT INTO mcp.edge_mcp_sessions (id, session_id, tenant_id, user_id, status, context_id)
SELECT pg_temp.key('edge session', n), 'session-' || n, pg_temp.tenant(n),
    CASE WHEN n % 2 = 0 THEN pg_temp.key('user', n) END, (ARRAY['active', 'idle', 'expired', 'terminated'])[1 + n % 4],
    CASE WHEN n % 3 > 0 THEN pg_temp.key('context', n) END
FROM generate_series(1, 12) AS n;
