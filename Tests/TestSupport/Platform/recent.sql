-- What the states `current` and `older` share: some thirty tables of one initial migration, and what the ones behind it
-- made of them.
CREATE TYPE mcp.task_status AS ENUM (
    'pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled', 'delegated');
CREATE TYPE mcp.task_priority AS ENUM ('low', 'medium', 'high', 'critical');
CREATE TYPE mcp.workflow_type AS ENUM (
    'sequential', 'parallel', 'conditional', 'loop', 'map_reduce', 'scatter_gather');
CREATE TYPE mcp.workflow_status AS ENUM ('draft', 'active', 'paused', 'completed', 'failed', 'archived');
CREATE TYPE mcp.delegation_type AS ENUM ('handoff', 'collaboration', 'supervision', 'consultation');
CREATE TYPE mcp.workspace_visibility AS ENUM ('private', 'team', 'organization', 'public');
CREATE TYPE mcp.member_role AS ENUM ('viewer', 'contributor', 'moderator', 'admin', 'owner');
CREATE TYPE mcp.agent_state AS ENUM (
    'pending', 'configuring', 'validating', 'ready', 'active', 'degraded', 'suspended', 'terminating', 'terminated');

CREATE FUNCTION mcp.update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
-- Another setting than the one that the consolidated schema reads.
CREATE FUNCTION mcp.current_tenant_id() RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    RETURN current_setting('app.tenant_id', true)::uuid;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;
CREATE FUNCTION mcp.update_content_tsvector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.content_tsvector := to_tsvector('english', coalesce(NEW.content, ''));
    RETURN NEW;
END
$$;
CREATE FUNCTION mcp.bm25_score(
    term_freq float, doc_freq integer, total_docs integer, doc_length integer, avg_doc_length float,
    k1 float DEFAULT 1.2, b float DEFAULT 0.75
) RETURNS float LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN doc_freq = 0 OR total_docs = 0 OR avg_doc_length = 0 THEN 0
        ELSE term_freq * (k1 + 1) / (term_freq + k1 * (1 - b + b * doc_length / avg_doc_length))
            * ln((total_docs - doc_freq + 0.5) / (doc_freq + 0.5)) END;
END
$$;
CREATE FUNCTION mcp.jsonb_merge_recursive(target jsonb, source jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN target || source;
END
$$;

CREATE TABLE mcp.models (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    provider varchar(100) NOT NULL,
    type varchar(50) NOT NULL CHECK (type IN ('llm', 'embedding', 'vision', 'audio')),
    capabilities text[],
    is_active boolean DEFAULT true,
    configuration jsonb DEFAULT '{}',
    version varchar(50),
    base_url text,
    api_key_encrypted text,
    description text,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (tenant_id, name, provider)
);
CREATE INDEX idx_models_tenant_id ON mcp.models (tenant_id);
CREATE INDEX idx_models_provider ON mcp.models (provider) WHERE is_active = true;

CREATE TABLE mcp.agents (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(100) NOT NULL,
    model_id varchar(255),
    capabilities text[],
    status varchar(50) DEFAULT 'available',
    configuration jsonb DEFAULT '{}',
    system_prompt text,
    temperature float DEFAULT 0.7 CHECK (temperature >= 0 AND temperature <= 2),
    max_tokens integer DEFAULT 4096,
    current_workload integer DEFAULT 0,
    max_workload integer DEFAULT 10,
    last_task_assigned_at timestamp,
    last_seen_at timestamptz,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    state mcp.agent_state DEFAULT 'pending',
    state_reason text,
    version integer DEFAULT 1,
    activation_count integer DEFAULT 0,
    UNIQUE (tenant_id, name)
);
CREATE INDEX idx_agents_tenant_id ON mcp.agents (tenant_id);
CREATE INDEX idx_agents_status ON mcp.agents (status);
CREATE INDEX idx_agents_workload ON mcp.agents (current_workload) WHERE status = 'available';
CREATE INDEX idx_agents_state ON mcp.agents (state);

CREATE TABLE mcp.contexts (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    agent_id uuid,
    model_id uuid REFERENCES mcp.models (id),
    type varchar(50) NOT NULL,
    status varchar(50) DEFAULT 'active',
    metadata jsonb DEFAULT '{}',
    token_count integer DEFAULT 0,
    max_tokens integer DEFAULT 100000,
    compression_enabled boolean DEFAULT true,
    compression_ratio float,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamp
);
CREATE INDEX idx_contexts_tenant_id ON mcp.contexts (tenant_id);
CREATE INDEX idx_contexts_agent_id ON mcp.contexts (agent_id);
CREATE INDEX idx_contexts_status ON mcp.contexts (status);

CREATE TABLE mcp.context_items (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    context_id uuid NOT NULL REFERENCES mcp.contexts (id) ON DELETE CASCADE,
    type varchar(50) NOT NULL,
    role varchar(50) NOT NULL,
    content text NOT NULL,
    metadata jsonb DEFAULT '{}',
    token_count integer,
    sequence_number integer NOT NULL,
    is_compressed boolean DEFAULT false,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (context_id, sequence_number)
);

CREATE TABLE mcp.organizations (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    name varchar(255) NOT NULL,
    slug varchar(255) UNIQUE NOT NULL,
    settings jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE mcp.organization_tenants (
    organization_id uuid REFERENCES mcp.organizations (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    tenant_name varchar(255),
    PRIMARY KEY (organization_id, tenant_id)
);

CREATE TABLE mcp.users (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    email varchar(255) UNIQUE NOT NULL,
    name varchar(255),
    status varchar(50) DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'suspended')),
    email_verified boolean DEFAULT false,
    email_verified_at timestamp,
    metadata jsonb DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    password_hash varchar(255),
    organization_id uuid REFERENCES mcp.organizations (id) ON DELETE CASCADE,
    role varchar(50) DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'readonly')),
    last_login_at timestamp,
    failed_login_attempts integer DEFAULT 0,
    locked_until timestamp
);
CREATE INDEX idx_users_tenant_id ON mcp.users (tenant_id);
CREATE INDEX idx_users_email ON mcp.users (email);
CREATE INDEX idx_users_organization ON mcp.users (organization_id);
ALTER TABLE mcp.organizations ADD COLUMN owner_user_id uuid REFERENCES mcp.users (id);
CREATE TABLE mcp.user_sessions (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    user_id uuid NOT NULL REFERENCES mcp.users (id) ON DELETE CASCADE,
    refresh_token_hash varchar(255) UNIQUE NOT NULL,
    expires_at timestamp NOT NULL,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE mcp.api_keys (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    user_id uuid REFERENCES mcp.users (id) ON DELETE CASCADE,
    key_hash varchar(255) UNIQUE NOT NULL,
    key_prefix varchar(10) NOT NULL,
    name varchar(255) NOT NULL,
    key_type varchar(50) DEFAULT 'user' CHECK (key_type IN ('user', 'admin', 'agent', 'service', 'gateway')),
    role varchar(50) DEFAULT 'user' CHECK (role IN ('admin', 'user', 'readonly', 'service')),
    scopes text[],
    rate_limit integer DEFAULT 1000,
    rate_window varchar(10) DEFAULT '1h',
    is_active boolean DEFAULT true,
    last_used_at timestamp,
    usage_count bigint DEFAULT 0,
    metadata jsonb DEFAULT '{}',
    parent_key_id uuid REFERENCES mcp.api_keys (id),
    allowed_services text[] DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamp,
    rotated_from uuid REFERENCES mcp.api_keys (id),
    rotated_at timestamp,
    CONSTRAINT check_expiry CHECK (expires_at IS NULL OR expires_at > created_at)
);
CREATE INDEX idx_api_keys_tenant_id ON mcp.api_keys (tenant_id);
CREATE INDEX idx_api_keys_user_id ON mcp.api_keys (user_id);
CREATE INDEX idx_api_keys_key_prefix ON mcp.api_keys (key_prefix);
CREATE INDEX idx_api_keys_active ON mcp.api_keys (is_active) WHERE is_active = true;
CREATE INDEX idx_api_keys_key_type ON mcp.api_keys (key_type, tenant_id) WHERE is_active = true;
CREATE INDEX idx_api_keys_parent ON mcp.api_keys (parent_key_id) WHERE parent_key_id IS NOT NULL;

-- Partitioned by another column, of another type, without a key.
CREATE TABLE mcp.api_key_usage (
    api_key_id uuid NOT NULL REFERENCES mcp.api_keys (id) ON DELETE CASCADE,
    "timestamp" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    endpoint varchar(255) NOT NULL,
    method varchar(10) NOT NULL,
    status_code integer,
    response_time_ms integer,
    tokens_used integer,
    cost_usd numeric(10, 6),
    metadata jsonb DEFAULT '{}'
) PARTITION BY RANGE ("timestamp");

CREATE TABLE mcp.tenant_config (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid UNIQUE NOT NULL,
    name varchar(255) NOT NULL,
    settings jsonb DEFAULT '{}',
    features jsonb DEFAULT '{}',
    limits jsonb DEFAULT '{}',
    rate_limit_config jsonb NOT NULL DEFAULT '{}',
    service_tokens jsonb DEFAULT '{}',
    allowed_origins text[] DEFAULT '{}',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE mcp.embedding_models (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_version varchar(20),
    dimensions integer NOT NULL,
    max_tokens integer,
    supports_binary boolean DEFAULT false,
    supports_dimensionality_reduction boolean DEFAULT false,
    min_dimensions integer,
    cost_per_million_tokens numeric(10, 2),
    cost_per_token numeric(12, 8),
    model_id varchar(100),
    model_type varchar(50) DEFAULT 'text',
    is_active boolean DEFAULT true,
    capabilities jsonb DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (provider, model_name)
);

CREATE TABLE mcp.embeddings (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    context_id uuid REFERENCES mcp.contexts (id) ON DELETE CASCADE,
    content_index integer NOT NULL DEFAULT 0,
    chunk_index integer NOT NULL DEFAULT 0,
    content text NOT NULL,
    content_hash varchar(64) NOT NULL,
    content_tokens integer,
    model_id uuid NOT NULL REFERENCES mcp.embedding_models (id),
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_dimensions integer NOT NULL,
    configured_dimensions integer,
    embedding public.vector(4096),
    vector public.vector(1536),
    normalized_embedding public.vector(1536),
    processing_time_ms integer,
    embedding_created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    magnitude float,
    metadata jsonb DEFAULT '{}',
    token_count integer,
    agent_id varchar(255),
    task_type varchar(50),
    cost_usd numeric(10, 6),
    generation_time_ms integer,
    content_tsvector tsvector,
    term_frequencies jsonb,
    document_length integer,
    idf_scores jsonb,
    content_type varchar(50) DEFAULT 'text',
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamp,
    CONSTRAINT valid_dimensions CHECK (model_dimensions > 0 AND model_dimensions <= 4096),
    CONSTRAINT valid_content CHECK (length(content) > 0),
    CONSTRAINT valid_indices CHECK (content_index >= 0 AND chunk_index >= 0),
    UNIQUE (tenant_id, content_hash, model_id)
);
CREATE INDEX idx_embeddings_tenant_id ON mcp.embeddings (tenant_id);
CREATE INDEX idx_embeddings_context_id ON mcp.embeddings (context_id);
CREATE INDEX idx_embeddings_model_id ON mcp.embeddings (model_id);
CREATE INDEX idx_embeddings_content_hash ON mcp.embeddings (content_hash);
SET client_min_messages = warning;
CREATE INDEX idx_embeddings_vector ON mcp.embeddings USING ivfflat (vector public.vector_cosine_ops);
CREATE INDEX idx_embeddings_normalized_ivfflat
    ON mcp.embeddings USING ivfflat (normalized_embedding public.vector_cosine_ops);
RESET client_min_messages;
CREATE INDEX idx_embeddings_fts ON mcp.embeddings USING gin (content_tsvector);
CREATE INDEX idx_embeddings_agent_id ON mcp.embeddings (agent_id);
CREATE INDEX idx_embeddings_task_type ON mcp.embeddings (task_type);

CREATE TABLE mcp.embedding_cache (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    content_hash varchar(64) NOT NULL,
    model_id uuid NOT NULL REFERENCES mcp.embedding_models (id),
    embedding public.vector(4096) NOT NULL,
    metadata jsonb DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamp,
    access_count integer DEFAULT 0,
    last_accessed timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (content_hash, model_id)
);

CREATE TABLE mcp.embedding_statistics (
    collection_id varchar(255) PRIMARY KEY,
    total_documents integer NOT NULL DEFAULT 0,
    avg_document_length float NOT NULL DEFAULT 0.0,
    term_document_counts jsonb NOT NULL DEFAULT '{}',
    last_updated timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE mcp.projection_matrices (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    source_model_id uuid NOT NULL REFERENCES mcp.models (id),
    target_model_id uuid NOT NULL REFERENCES mcp.models (id),
    source_dimension integer NOT NULL,
    target_dimension integer NOT NULL,
    matrix_data bytea NOT NULL,
    training_loss float,
    validation_loss float,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (source_model_id, target_model_id)
);

CREATE TABLE mcp.agent_configs (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    agent_id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    embedding_strategy varchar(50) NOT NULL DEFAULT 'balanced'
        CHECK (embedding_strategy IN ('balanced', 'quality', 'speed', 'cost')),
    model_preferences jsonb NOT NULL DEFAULT '[]',
    constraints jsonb NOT NULL DEFAULT '{}',
    fallback_behavior jsonb NOT NULL DEFAULT '{}',
    embedding_model_id uuid REFERENCES mcp.models (id),
    embedding_config jsonb DEFAULT '{}',
    cost_limit_usd numeric(10, 2),
    rate_limit_per_minute integer,
    metadata jsonb NOT NULL DEFAULT '{}',
    is_active boolean DEFAULT true,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    created_by uuid,
    agent_type varchar(100),
    priority integer DEFAULT 100,
    timeout_ms integer DEFAULT 30000,
    CONSTRAINT unique_agent_version UNIQUE (agent_id, version),
    CONSTRAINT valid_model_preferences CHECK (jsonb_typeof(model_preferences) = 'array'),
    CONSTRAINT valid_constraints CHECK (jsonb_typeof(constraints) = 'object'),
    CONSTRAINT valid_fallback CHECK (jsonb_typeof(fallback_behavior) = 'object')
);
CREATE INDEX idx_agent_configs_active ON mcp.agent_configs (agent_id, version DESC) WHERE is_active = true;
CREATE INDEX idx_agent_configs_agent_active ON mcp.agent_configs (agent_id, is_active, version DESC);
CREATE INDEX idx_agent_configs_agent_version ON mcp.agent_configs (agent_id, version DESC);
CREATE UNIQUE INDEX idx_agent_configs_agent_id ON mcp.agent_configs (agent_id);

-- The partition column has the name that is expected, and is no timestamptz.
CREATE TABLE mcp.embedding_metrics (
    id uuid DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    model_id uuid NOT NULL REFERENCES mcp.models (id),
    "timestamp" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tokens_used integer NOT NULL,
    cost_usd numeric(10, 6) NOT NULL,
    latency_ms integer NOT NULL,
    batch_size integer DEFAULT 1,
    success boolean DEFAULT true,
    error_message text,
    PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");

CREATE TABLE mcp.tasks (
    id uuid DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    parent_task_id uuid,
    agent_id uuid,
    status mcp.task_status DEFAULT 'pending',
    priority mcp.task_priority DEFAULT 'medium',
    title varchar(255) NOT NULL,
    description text,
    input_data jsonb DEFAULT '{}',
    output_data jsonb DEFAULT '{}',
    error_message text,
    max_retries integer DEFAULT 3,
    retry_count integer DEFAULT 0,
    assigned_at timestamp,
    started_at timestamp,
    completed_at timestamp,
    deadline timestamp,
    auto_escalate boolean DEFAULT false,
    escalation_timeout interval,
    max_delegations integer DEFAULT 3,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_tasks_tenant_id ON mcp.tasks (tenant_id);
CREATE INDEX idx_tasks_agent_id ON mcp.tasks (agent_id);
CREATE INDEX idx_tasks_status ON mcp.tasks (status);
CREATE INDEX idx_tasks_priority ON mcp.tasks (priority) WHERE status IN ('pending', 'assigned');
CREATE INDEX idx_tasks_parent ON mcp.tasks (parent_task_id) WHERE parent_task_id IS NOT NULL;
CREATE INDEX idx_tasks_deleted_at ON mcp.tasks (deleted_at) WHERE deleted_at IS NULL;

-- Children of tasks know neither its tenant nor when it was made.
CREATE TABLE mcp.task_delegations (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    task_id uuid NOT NULL,
    from_agent_id uuid,
    to_agent_id uuid NOT NULL,
    delegation_type mcp.delegation_type,
    status varchar(50) DEFAULT 'pending',
    reason text,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    accepted_at timestamp,
    completed_at timestamp
);
CREATE INDEX idx_task_delegations_task ON mcp.task_delegations (task_id);
CREATE INDEX idx_task_delegations_from ON mcp.task_delegations (from_agent_id);
CREATE INDEX idx_task_delegations_to ON mcp.task_delegations (to_agent_id);
CREATE TABLE mcp.task_delegation_history (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    task_id uuid NOT NULL,
    from_agent_id uuid,
    to_agent_id uuid NOT NULL,
    delegation_type mcp.delegation_type,
    reason text,
    metadata jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_task_delegation_history_task ON mcp.task_delegation_history (task_id);
CREATE TABLE mcp.task_state_transitions (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    task_id uuid NOT NULL,
    from_status mcp.task_status,
    to_status mcp.task_status NOT NULL,
    transitioned_by uuid,
    reason text,
    metadata jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_task_state_transitions_task ON mcp.task_state_transitions (task_id);
CREATE TABLE mcp.task_idempotency_keys (
    idempotency_key varchar(255) PRIMARY KEY,
    task_id uuid NOT NULL,
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idx_task_idempotency_expires ON mcp.task_idempotency_keys (expires_at);

CREATE TABLE mcp.workflows (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    type mcp.workflow_type NOT NULL,
    status mcp.workflow_status DEFAULT 'draft',
    definition jsonb NOT NULL,
    configuration jsonb DEFAULT '{}',
    created_by uuid REFERENCES mcp.users (id),
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (tenant_id, name)
);
CREATE INDEX idx_workflows_tenant_id ON mcp.workflows (tenant_id);
CREATE INDEX idx_workflows_status ON mcp.workflows (status);
CREATE TABLE mcp.workflow_executions (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    workflow_id uuid NOT NULL REFERENCES mcp.workflows (id),
    status varchar(50) DEFAULT 'running',
    input_data jsonb DEFAULT '{}',
    output_data jsonb DEFAULT '{}',
    error_message text,
    started_at timestamp DEFAULT CURRENT_TIMESTAMP,
    completed_at timestamp,
    metadata jsonb DEFAULT '{}'
);
CREATE INDEX idx_workflow_executions_workflow ON mcp.workflow_executions (workflow_id);
CREATE INDEX idx_workflow_executions_status ON mcp.workflow_executions (status);

CREATE TABLE mcp.workspaces (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    visibility mcp.workspace_visibility DEFAULT 'private',
    configuration jsonb DEFAULT '{}',
    max_members integer DEFAULT 50,
    max_storage_bytes bigint DEFAULT 1073741824,
    current_storage_bytes bigint DEFAULT 0,
    max_documents integer DEFAULT 1000,
    current_documents integer DEFAULT 0,
    created_by uuid REFERENCES mcp.users (id),
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    archived_at timestamp,
    UNIQUE (tenant_id, name)
);
CREATE INDEX idx_workspaces_tenant_id ON mcp.workspaces (tenant_id);
CREATE TABLE mcp.workspace_members (
    workspace_id uuid NOT NULL REFERENCES mcp.workspaces (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES mcp.users (id) ON DELETE CASCADE,
    role mcp.member_role DEFAULT 'viewer',
    permissions jsonb DEFAULT '{}',
    joined_at timestamp DEFAULT CURRENT_TIMESTAMP,
    invited_by uuid REFERENCES mcp.users (id),
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX idx_workspace_members_user ON mcp.workspace_members (user_id);
CREATE TABLE mcp.workspace_activities (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    workspace_id uuid NOT NULL REFERENCES mcp.workspaces (id) ON DELETE CASCADE,
    actor_id uuid NOT NULL,
    action varchar(100) NOT NULL,
    target_type varchar(50),
    target_id uuid,
    metadata jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_workspace_activities_workspace ON mcp.workspace_activities (workspace_id);
CREATE INDEX idx_workspace_activities_actor ON mcp.workspace_activities (actor_id);
CREATE TABLE mcp.shared_documents (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    workspace_id uuid NOT NULL REFERENCES mcp.workspaces (id) ON DELETE CASCADE,
    title varchar(255) NOT NULL,
    content text,
    content_type varchar(50) DEFAULT 'markdown',
    version integer DEFAULT 1,
    vector_clock jsonb DEFAULT '{}',
    created_by uuid REFERENCES mcp.users (id),
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz
);
CREATE INDEX idx_shared_documents_deleted_at ON mcp.shared_documents (deleted_at) WHERE deleted_at IS NULL;

CREATE TABLE mcp.integrations (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(100) NOT NULL,
    configuration jsonb NOT NULL DEFAULT '{}',
    credentials_encrypted text,
    status varchar(50) DEFAULT 'active',
    last_sync_at timestamp,
    sync_frequency_minutes integer,
    metadata jsonb DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (tenant_id, name, type)
);
CREATE INDEX idx_integrations_tenant_id ON mcp.integrations (tenant_id);
CREATE TABLE mcp.webhook_configs (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    organization_name varchar(255) NOT NULL,
    integration_id uuid REFERENCES mcp.integrations (id) ON DELETE CASCADE,
    url text NOT NULL,
    webhook_secret text,
    enabled boolean DEFAULT true,
    allowed_events text[] NOT NULL,
    is_active boolean DEFAULT true,
    retry_config jsonb DEFAULT '{"max_retries": 3}',
    metadata jsonb DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (organization_name)
);
CREATE INDEX idx_webhook_configs_integration ON mcp.webhook_configs (integration_id);
CREATE INDEX idx_webhook_configs_active ON mcp.webhook_configs (is_active) WHERE is_active = true;
CREATE INDEX idx_webhook_configs_org_name ON mcp.webhook_configs (organization_name);

CREATE TABLE mcp.events (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_type varchar(100) NOT NULL,
    event_type varchar(100) NOT NULL,
    event_version integer DEFAULT 1,
    event_data jsonb NOT NULL,
    source varchar(100) DEFAULT 'system',
    metadata jsonb DEFAULT '{}',
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    created_by uuid
);
CREATE INDEX idx_events_tenant_id ON mcp.events (tenant_id);
CREATE INDEX idx_events_aggregate ON mcp.events (aggregate_id, aggregate_type);
CREATE INDEX idx_events_created_at ON mcp.events (created_at DESC);
CREATE INDEX idx_events_source ON mcp.events (source);

-- Entries have another shape, and another partition column.
CREATE TABLE mcp.audit_log (
    id uuid DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    entity_type varchar(50) NOT NULL,
    entity_id uuid NOT NULL,
    action varchar(50) NOT NULL,
    actor_type varchar(50) NOT NULL,
    actor_id uuid NOT NULL,
    changes jsonb,
    metadata jsonb DEFAULT '{}',
    ip_address inet,
    user_agent text,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);

-- The first quarter, after which nobody made any.
SELECT pg_temp.partition_by_month(t.name, '{1,2,3}')
FROM unnest(ARRAY['api_key_usage', 'tasks', 'audit_log', 'embedding_metrics']) AS t (name);

-- Functions that the consolidated schema has by these names and takes other arguments for.
CREATE FUNCTION mcp.get_available_models(p_provider varchar DEFAULT NULL, p_model_type varchar DEFAULT NULL)
RETURNS TABLE (provider varchar, model_name varchar, dimensions integer) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT m.provider, m.model_name, m.dimensions
    FROM mcp.embedding_models AS m
    WHERE m.is_active AND m.provider = coalesce(p_provider, m.provider)
        AND m.model_type = coalesce(p_model_type, m.model_type);
END
$$;
CREATE FUNCTION mcp.insert_embedding(
    p_context_id uuid, p_content text, p_embedding float[], p_model_name text, p_tenant_id uuid,
    p_metadata jsonb DEFAULT '{}', p_content_index integer DEFAULT 0, p_chunk_index integer DEFAULT 0,
    p_configured_dimensions integer DEFAULT NULL
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    added uuid;
BEGIN
    INSERT INTO mcp.embeddings (context_id, content, content_hash, embedding, model_id, model_provider, model_name,
        model_dimensions, configured_dimensions, tenant_id, metadata, content_index, chunk_index)
    SELECT p_context_id, p_content, encode(sha256(p_content::bytea), 'hex'),
        (p_embedding || array_fill(0::float, ARRAY[4096 - m.dimensions]))::public.vector, m.id, m.provider,
        p_model_name, m.dimensions, p_configured_dimensions, p_tenant_id, p_metadata, p_content_index, p_chunk_index
    FROM mcp.embedding_models AS m
    WHERE p_model_name IN (m.model_id, m.model_name) AND m.is_active
    RETURNING id INTO added;
    RETURN added;
END
$$;

-- Only the platform has these.
CREATE TABLE mcp.tool_configurations (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    tool_name varchar(255) NOT NULL,
    config jsonb NOT NULL DEFAULT '{}',
    UNIQUE (tenant_id, tool_name)
);
CREATE TABLE mcp.tool_executions (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    tool_config_id uuid NOT NULL REFERENCES mcp.tool_configurations (id) ON DELETE CASCADE,
    action varchar(255) NOT NULL,
    status varchar(50) NOT NULL,
    executed_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE mcp.agent_manifests (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    organization_id uuid REFERENCES mcp.organizations (id) ON DELETE CASCADE,
    agent_id varchar(255) UNIQUE NOT NULL,
    agent_type varchar(100) NOT NULL,
    name varchar(255) NOT NULL,
    version varchar(50) NOT NULL,
    description text,
    capabilities jsonb DEFAULT '[]',
    metadata jsonb DEFAULT '{}',
    status varchar(50) DEFAULT 'inactive',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE mcp.agent_registrations (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    manifest_id uuid REFERENCES mcp.agent_manifests (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    instance_id varchar(255) NOT NULL,
    registration_status varchar(50) DEFAULT 'pending',
    health_status varchar(50) DEFAULT 'unknown',
    last_health_check timestamptz,
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (tenant_id, instance_id)
);
CREATE TABLE mcp.agent_configurations (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    manifest_id uuid NOT NULL REFERENCES mcp.agent_manifests (id) ON DELETE CASCADE,
    name varchar(255) NOT NULL,
    enabled boolean DEFAULT true,
    configuration jsonb DEFAULT '{}',
    system_prompt text,
    temperature float DEFAULT 0.7 CHECK (temperature >= 0 AND temperature <= 2),
    max_tokens integer DEFAULT 4096,
    model_id varchar(255),
    max_workload integer DEFAULT 10,
    current_workload integer DEFAULT 0,
    metadata jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (tenant_id, manifest_id)
);
CREATE INDEX idx_agent_configurations_tenant ON mcp.agent_configurations (tenant_id);
CREATE TABLE mcp.agent_events (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    agent_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    event_type varchar(100) NOT NULL,
    from_state mcp.agent_state,
    to_state mcp.agent_state,
    created_at timestamptz DEFAULT now()
);
CREATE TABLE mcp.agent_health_metrics (
    agent_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    metric_name varchar(100) NOT NULL,
    value numeric,
    recorded_at timestamptz DEFAULT now(),
    PRIMARY KEY (agent_id, metric_name, recorded_at)
) PARTITION BY RANGE (recorded_at);
SELECT pg_temp.partition_by_month('agent_health_metrics', '{1,2,3}');
CREATE TABLE mcp.execution_history (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    execution_id uuid NOT NULL UNIQUE,
    tenant_id uuid NOT NULL,
    context_id uuid,
    embedding_id uuid,
    status varchar(50) NOT NULL DEFAULT 'pending'
);
CREATE TABLE mcp.edge_mcp_sessions (
    id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
    session_id varchar(255) UNIQUE NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid REFERENCES mcp.users (id) ON DELETE SET NULL,
    status varchar(50) DEFAULT 'active' CHECK (status IN ('active', 'idle', 'expired', 'terminated')),
    context_id uuid REFERENCES mcp.contexts (id) ON DELETE SET NULL,
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP
);
CREATE VIEW mcp.session_metrics AS
    SELECT s.tenant_id, count(*) FILTER (WHERE s.status = 'active') AS active_sessions, count(*) AS total_sessions
    FROM mcp.edge_mcp_sessions AS s
    GROUP BY s.tenant_id;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['models', 'agents', 'contexts', 'users', 'api_keys', 'workflows', 'workspaces',
        'shared_documents', 'integrations', 'webhook_configs', 'embedding_models', 'tenant_config', 'agent_configs']
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON mcp.%I FOR EACH ROW '
            'EXECUTE FUNCTION mcp.update_updated_at_column()', 'update_' || name || '_updated_at', name);
    END LOOP;
    -- Whoever owns a table is not bound. Of the eleven, one has no policy, and events has one that is not in force.
    FOREACH name IN ARRAY ARRAY['models', 'agents', 'contexts', 'users', 'api_keys', 'embeddings', 'tasks', 'workflows',
        'workspaces', 'integrations', 'webhook_configs']
    LOOP
        EXECUTE format('ALTER TABLE mcp.%I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['models', 'agents', 'contexts', 'users', 'api_keys', 'embeddings', 'tasks', 'workflows',
        'workspaces', 'integrations', 'events']
    LOOP
        EXECUTE format('CREATE POLICY %I ON mcp.%I USING (tenant_id = mcp.current_tenant_id())',
            'tenant_isolation_' || name, name);
    END LOOP;
END
$$;
CREATE TRIGGER update_embeddings_tsvector BEFORE INSERT OR UPDATE OF content ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_content_tsvector();

-- It goes on reading the table of agents when that is renamed.
CREATE VIEW mcp.v_agent_status AS
    SELECT a.id, a.tenant_id, a.name, a.type, a.state, a.state_reason, a.version, a.activation_count,
        c.embedding_strategy, c.model_preferences,
        count(DISTINCT e.id) FILTER (WHERE e.created_at > now() - interval '1 hour') AS recent_events
    FROM mcp.agents AS a
    LEFT JOIN mcp.agent_configs AS c ON a.id = c.agent_id AND c.is_active = true
    LEFT JOIN mcp.agent_events AS e ON a.id = e.agent_id
    GROUP BY a.id, a.tenant_id, a.name, a.type, a.state, a.state_reason, a.version, a.activation_count,
        c.embedding_strategy, c.model_preferences;

-- An agent is a configuration of a manifest by now. Its table is renamed, its keys and indexes keep their names, a view
-- has taken its place, and who referred to it refers to the configurations.
ALTER TABLE mcp.agents RENAME TO agents_deprecated;
DO $$
DECLARE
    reference record;
BEGIN
    FOR reference IN VALUES
        ('contexts', 'agent_id', 'CASCADE'), ('agent_configs', 'agent_id', 'CASCADE'),
        ('agent_events', 'agent_id', 'CASCADE'), ('tasks', 'agent_id', 'NO ACTION'),
        ('task_delegations', 'from_agent_id', 'NO ACTION'), ('task_delegations', 'to_agent_id', 'NO ACTION'),
        ('task_delegation_history', 'from_agent_id', 'NO ACTION'),
        ('task_delegation_history', 'to_agent_id', 'NO ACTION'),
        ('task_state_transitions', 'transitioned_by', 'NO ACTION'), ('workspace_activities', 'actor_id', 'NO ACTION')
    LOOP
        EXECUTE format('ALTER TABLE mcp.%I ADD FOREIGN KEY (%I) REFERENCES mcp.agent_configurations (id) ON DELETE %s',
            reference.column1, reference.column2, reference.column3);
    END LOOP;
END
$$;

CREATE VIEW mcp.agents AS
    SELECT c.id, c.tenant_id, c.name, m.agent_type AS type,
        CASE
            WHEN EXISTS (
                SELECT
                FROM mcp.agent_registrations AS r
                WHERE (r.manifest_id, r.tenant_id) = (c.manifest_id, c.tenant_id)
                    AND r.health_status = 'healthy' AND r.registration_status = 'active')
            THEN 'active'::mcp.agent_state
            WHEN c.enabled THEN 'ready'::mcp.agent_state
            ELSE 'suspended'::mcp.agent_state
        END AS state,
        c.model_id,
        coalesce(ARRAY(SELECT jsonb_array_elements_text(m.capabilities -> 'capabilities')), '{}') AS capabilities,
        c.configuration, c.system_prompt, c.temperature, c.max_tokens, c.current_workload, c.max_workload,
        m.version::text AS version,
        (SELECT max(r.last_health_check)
            FROM mcp.agent_registrations AS r
            WHERE (r.manifest_id, r.tenant_id) = (c.manifest_id, c.tenant_id)) AS last_seen_at,
        coalesce(m.metadata, '{}') || jsonb_build_object('manifest_id', c.manifest_id) AS metadata,
        c.created_at, c.updated_at
    FROM mcp.agent_configurations AS c
    JOIN mcp.agent_manifests AS m ON m.id = c.manifest_id;

CREATE FUNCTION mcp.agents_view_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.id := coalesce(NEW.id, gen_random_uuid());
    INSERT INTO mcp.agent_manifests (id, agent_id, agent_type, name, version, status)
    VALUES (NEW.id, NEW.id::text, coalesce(NEW.type, 'dynamic'), NEW.name, '1.0.0', 'active');
    INSERT INTO mcp.agent_configurations (id, tenant_id, manifest_id, name, model_id, configuration)
    VALUES (NEW.id, NEW.tenant_id, NEW.id, NEW.name, NEW.model_id, NEW.configuration);
    RETURN NEW;
END
$$;
CREATE FUNCTION mcp.agents_view_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mcp.agent_configurations
    SET name = NEW.name, model_id = NEW.model_id, configuration = NEW.configuration, updated_at = now()
    WHERE id = NEW.id;
    RETURN NEW;
END
$$;
-- Nothing is deleted: the configuration is switched off.
CREATE FUNCTION mcp.agents_view_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mcp.agent_configurations SET enabled = false, updated_at = now() WHERE id = OLD.id;
    RETURN OLD;
END
$$;
CREATE TRIGGER agents_view_insert_trigger INSTEAD OF INSERT ON mcp.agents
    FOR EACH ROW EXECUTE FUNCTION mcp.agents_view_insert();
CREATE TRIGGER agents_view_update_trigger INSTEAD OF UPDATE ON mcp.agents
    FOR EACH ROW EXECUTE FUNCTION mcp.agents_view_update();
CREATE TRIGGER agents_view_delete_trigger INSTEAD OF DELETE ON mcp.agents
    FOR EACH ROW EXECUTE FUNCTION mcp.agents_view_delete();

GRANT ALL ON ALL TABLES IN SCHEMA mcp TO CURRENT_USER;
