-- The platform's database as the archived migrations left it, whose number 21 fails as a whole: it names a table that
-- was never made.
INSERT INTO public.schema_migrations VALUES (21, true);

-- What the programs log in with. Every name below is looked up in it, also by the functions when they are called.
SET search_path = mcp, public;

CREATE TYPE task_status AS ENUM (
    'pending', 'assigned', 'accepted', 'rejected', 'in_progress', 'completed', 'failed', 'cancelled', 'timeout');
CREATE TYPE task_priority AS ENUM ('low', 'normal', 'high', 'critical');
CREATE TYPE workflow_type AS ENUM ('sequential', 'parallel', 'conditional', 'collaborative');
CREATE TYPE workflow_status AS ENUM ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled', 'timeout');
CREATE TYPE delegation_type AS ENUM ('manual', 'automatic', 'failover', 'load_balance');
CREATE TYPE workspace_visibility AS ENUM ('private', 'team', 'public');
CREATE TYPE member_role AS ENUM ('owner', 'admin', 'member', 'viewer');

CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
CREATE FUNCTION current_tenant_id() RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    RETURN nullif(current_setting('app.current_tenant', true), '')::uuid;
END
$$;
CREATE FUNCTION validate_jsonb_keys(data jsonb, required_keys text[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN data ?& required_keys;
END
$$;
CREATE FUNCTION jsonb_merge_recursive(target jsonb, source jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN target || source;
END
$$;
CREATE FUNCTION validate_workflow_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF jsonb_typeof(NEW.steps) <> 'array' THEN
        RAISE EXCEPTION 'the steps of a workflow are an array';
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(NEW.steps) AS s WHERE NOT s ?& '{id,name,type}') THEN
        RAISE EXCEPTION 'a step has an id, a name and a type';
    END IF;
    RETURN NEW;
END
$$;

CREATE TABLE contexts (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz,
    agent_id varchar(255) NOT NULL,
    model_id varchar(255) NOT NULL,
    session_id varchar(255),
    current_tokens integer DEFAULT 0,
    max_tokens integer DEFAULT 4000,
    expires_at timestamptz,
    CONSTRAINT contexts_name_not_empty CHECK (length(trim(name)) > 0)
);
CREATE INDEX idx_contexts_tenant_id ON contexts (tenant_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_contexts_created_at ON contexts (created_at DESC);
CREATE INDEX idx_contexts_metadata ON contexts USING gin (metadata);
CREATE INDEX idx_contexts_agent_id ON contexts (agent_id);
CREATE INDEX idx_contexts_session_id ON contexts (session_id);

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    email varchar(255) UNIQUE NOT NULL,
    tenant_id uuid NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_login_at timestamptz,
    deleted_at timestamptz,
    CONSTRAINT users_email_valid CHECK (email ~* '^[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}$')
);
CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    key_hash varchar(64) UNIQUE NOT NULL,
    key_prefix varchar(8) NOT NULL,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    scopes text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    last_used_at timestamptz,
    last_rotated_at timestamptz,
    rotation_version integer NOT NULL DEFAULT 1,
    is_active boolean NOT NULL DEFAULT true,
    revoked_at timestamptz,
    rate_limit_requests integer DEFAULT 1000,
    rate_limit_window_seconds integer DEFAULT 3600,
    metadata jsonb NOT NULL DEFAULT '{}',
    ip_whitelist inet[] DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_by uuid,
    CONSTRAINT api_keys_name_not_empty CHECK (length(trim(name)) > 0),
    CONSTRAINT api_keys_valid_expiry CHECK (expires_at IS NULL OR expires_at > created_at)
);
CREATE INDEX idx_api_keys_key_prefix ON api_keys (key_prefix) WHERE is_active = true;
CREATE INDEX idx_api_keys_tenant_id ON api_keys (tenant_id) WHERE is_active = true;
CREATE INDEX idx_api_keys_user_id ON api_keys (user_id) WHERE is_active = true;
CREATE INDEX idx_api_keys_expires_at ON api_keys (expires_at) WHERE is_active = true AND expires_at IS NOT NULL;
-- The right partition key, and a primary key without an id.
CREATE TABLE api_key_usage (
    api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    used_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ip_address inet,
    user_agent text,
    endpoint varchar(255),
    status_code integer,
    response_time_ms integer,
    PRIMARY KEY (api_key_id, used_at)
) PARTITION BY RANGE (used_at);

CREATE TABLE embedding_models (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_version varchar(20),
    dimensions integer NOT NULL,
    max_tokens integer,
    supports_binary boolean DEFAULT false,
    supports_dimensionality_reduction boolean DEFAULT false,
    min_dimensions integer,
    cost_per_million_tokens numeric(10, 4),
    model_id varchar(255),
    model_type varchar(50),
    is_active boolean DEFAULT true,
    deprecated_at timestamptz,
    sunset_at timestamptz,
    capabilities jsonb DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT unique_model_provider UNIQUE (provider, model_name, model_version),
    CONSTRAINT valid_dimensions CHECK (dimensions > 0 AND dimensions <= 4096)
);
-- The hash is generated, and a vector must be there.
CREATE TABLE embeddings (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    context_id uuid NOT NULL REFERENCES contexts (id) ON DELETE CASCADE,
    content_index integer NOT NULL DEFAULT 0,
    chunk_index integer NOT NULL DEFAULT 0,
    content text NOT NULL,
    content_hash varchar(64) GENERATED ALWAYS AS (encode(sha256(content::bytea), 'hex')) STORED,
    content_tokens integer,
    model_id uuid NOT NULL REFERENCES embedding_models (id),
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_dimensions integer NOT NULL,
    configured_dimensions integer,
    embedding vector(4096) NOT NULL,
    processing_time_ms integer,
    embedding_created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    magnitude float,
    tenant_id uuid NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    agent_id varchar(255),
    task_type varchar(50),
    normalized_embedding vector(1536),
    cost_usd numeric(10, 6),
    generation_time_ms integer,
    CONSTRAINT valid_dimensions CHECK (model_dimensions > 0 AND model_dimensions <= 4096),
    CONSTRAINT valid_content CHECK (length(content) > 0),
    CONSTRAINT valid_indices CHECK (content_index >= 0 AND chunk_index >= 0)
);
CREATE INDEX idx_embeddings_model_dims ON embeddings (model_name, model_dimensions);
CREATE INDEX idx_embeddings_provider_dims ON embeddings (model_provider, model_dimensions);
CREATE INDEX idx_embeddings_tenant_model ON embeddings (tenant_id, model_name);
CREATE INDEX idx_embeddings_context_model ON embeddings (context_id, model_name) WHERE context_id IS NOT NULL;
CREATE INDEX idx_embeddings_agent_id ON embeddings (agent_id);
CREATE INDEX idx_embeddings_agent_model ON embeddings (agent_id, model_provider, model_name);
CREATE INDEX idx_embeddings_task_type ON embeddings (task_type);
SET client_min_messages = warning;
CREATE INDEX idx_embeddings_normalized_ivfflat ON embeddings USING ivfflat (normalized_embedding vector_cosine_ops)
    WITH (lists = 100) WHERE normalized_embedding IS NOT NULL;
RESET client_min_messages;
CREATE TABLE embedding_searches (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    search_type varchar(50) NOT NULL,
    result_count integer NOT NULL,
    threshold float,
    filters jsonb,
    search_time_ms integer NOT NULL,
    total_candidates integer,
    searched_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE embedding_cache (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    cache_key varchar(255) NOT NULL UNIQUE,
    embedding_id uuid REFERENCES embeddings (id) ON DELETE CASCADE,
    hit_count integer DEFAULT 0,
    last_accessed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz,
    avg_retrieval_time_ms integer,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_embedding_cache_expires ON embedding_cache (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE embedding_metrics (
    id uuid DEFAULT uuid_generate_v4(),
    agent_id varchar(255) NOT NULL,
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_dimensions integer NOT NULL,
    request_id uuid,
    token_count integer NOT NULL,
    total_latency_ms integer NOT NULL,
    provider_latency_ms integer,
    normalization_latency_ms integer,
    cost_usd numeric(10, 6) NOT NULL,
    status varchar(20) NOT NULL CHECK (status IN ('success', 'failure', 'timeout', 'fallback')),
    error_message text,
    retry_count integer DEFAULT 0,
    final_provider varchar(50),
    tenant_id uuid NOT NULL,
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");
CREATE INDEX idx_embedding_metrics_agent_timestamp ON embedding_metrics (agent_id, "timestamp" DESC);
CREATE INDEX idx_embedding_metrics_provider ON embedding_metrics (model_provider, "timestamp" DESC);
CREATE INDEX idx_embedding_metrics_status ON embedding_metrics (status, "timestamp" DESC);
-- Models by their names, and the matrix in the row.
CREATE TABLE projection_matrices (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    from_dimensions integer NOT NULL,
    to_dimensions integer NOT NULL,
    from_model varchar(100),
    to_model varchar(100),
    matrix jsonb NOT NULL,
    training_samples integer,
    accuracy_score float,
    validation_loss float,
    training_method varchar(50),
    training_params jsonb DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT unique_projection UNIQUE (from_dimensions, to_dimensions, from_model, to_model),
    CONSTRAINT valid_dimensions_proj CHECK (from_dimensions > 0 AND to_dimensions > 0),
    CONSTRAINT valid_matrix CHECK (jsonb_typeof(matrix) = 'array'),
    CONSTRAINT valid_accuracy CHECK (accuracy_score >= 0 AND accuracy_score <= 1)
);
CREATE INDEX idx_projection_lookup ON projection_matrices (from_dimensions, to_dimensions);
CREATE MATERIALIZED VIEW agent_cost_analytics AS
    SELECT m.agent_id, date_trunc('day', m."timestamp") AS day, m.model_provider, m.model_name,
        count(*) AS request_count, sum(m.cost_usd) AS total_cost
    FROM embedding_metrics AS m
    GROUP BY 1, 2, 3, 4;
CREATE UNIQUE INDEX idx_agent_cost_analytics_unique
    ON agent_cost_analytics (agent_id, day, model_provider, model_name);
CREATE FUNCTION refresh_cost_analytics() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY agent_cost_analytics;
END
$$;
CREATE TABLE agent_configs (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    agent_id varchar(255) NOT NULL,
    version integer NOT NULL DEFAULT 1,
    embedding_strategy varchar(50) NOT NULL
        CHECK (embedding_strategy IN ('balanced', 'quality', 'speed', 'cost')),
    model_preferences jsonb NOT NULL DEFAULT '[]',
    constraints jsonb NOT NULL DEFAULT '{}',
    fallback_behavior jsonb NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    is_active boolean DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_by varchar(255),
    CONSTRAINT unique_agent_version UNIQUE (agent_id, version),
    CONSTRAINT valid_model_preferences CHECK (jsonb_typeof(model_preferences) = 'array'),
    CONSTRAINT valid_constraints CHECK (jsonb_typeof(constraints) = 'object'),
    CONSTRAINT valid_fallback CHECK (jsonb_typeof(fallback_behavior) = 'object')
);
CREATE INDEX idx_agent_configs_active ON agent_configs (agent_id, version DESC) WHERE is_active = true;

CREATE TABLE models (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz
);
CREATE TABLE agents (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    model_id uuid,
    capabilities text[] DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    type varchar(50) NOT NULL DEFAULT 'standard',
    status varchar(50) NOT NULL DEFAULT 'offline',
    last_seen_at timestamptz,
    CONSTRAINT agents_model_fk FOREIGN KEY (model_id) REFERENCES models (id) ON DELETE RESTRICT
);
CREATE INDEX idx_agents_status ON agents (status) WHERE deleted_at IS NULL;
CREATE INDEX idx_agents_type ON agents (type) WHERE deleted_at IS NULL;
CREATE INDEX idx_agents_last_seen_at ON agents (last_seen_at DESC) WHERE deleted_at IS NULL;

CREATE TABLE tasks (
    id uuid DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    type varchar(100) NOT NULL,
    status task_status NOT NULL DEFAULT 'pending',
    priority task_priority DEFAULT 'normal',
    created_by varchar(255) NOT NULL,
    assigned_to varchar(255),
    parent_task_id uuid,
    title varchar(500) NOT NULL CONSTRAINT title_not_empty CHECK (length(trim(title)) > 0),
    description text,
    parameters jsonb NOT NULL DEFAULT '{}',
    result jsonb,
    error text,
    max_retries integer DEFAULT 3 CONSTRAINT valid_max_retries CHECK (max_retries >= 0 AND max_retries <= 10),
    retry_count integer DEFAULT 0,
    timeout_seconds integer DEFAULT 3600 CONSTRAINT valid_timeout CHECK (timeout_seconds > 0),
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    assigned_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    version integer DEFAULT 1,
    PRIMARY KEY (id, created_at),
    CONSTRAINT retry_count_valid CHECK (retry_count >= 0 AND retry_count <= max_retries),
    CONSTRAINT parameters_is_object CHECK (jsonb_typeof(parameters) = 'object'),
    CONSTRAINT result_is_object CHECK (result IS NULL OR jsonb_typeof(result) = 'object')
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_tasks_tenant_id ON tasks (tenant_id);
CREATE INDEX idx_tasks_assigned_to ON tasks (assigned_to) WHERE assigned_to IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX idx_tasks_status ON tasks (status)
    WHERE status NOT IN ('completed', 'failed', 'cancelled') AND deleted_at IS NULL;
CREATE INDEX idx_tasks_tenant_status_priority ON tasks (tenant_id, status, priority)
    WHERE status IN ('pending', 'assigned') AND deleted_at IS NULL;
CREATE INDEX idx_tasks_parent_id ON tasks (parent_task_id) WHERE parent_task_id IS NOT NULL;
CREATE INDEX idx_tasks_created_at ON tasks (created_at DESC);
CREATE INDEX idx_tasks_list_covering ON tasks (tenant_id, assigned_to, status) INCLUDE (title, priority, created_at)
    WHERE deleted_at IS NULL;
CREATE INDEX idx_tasks_version ON tasks (version);
CREATE STATISTICS tasks_status_priority ON status, priority FROM tasks;
CREATE TABLE task_delegations (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    from_agent_id varchar(255) NOT NULL,
    to_agent_id varchar(255) NOT NULL,
    reason text,
    delegation_type delegation_type DEFAULT 'manual',
    metadata jsonb NOT NULL DEFAULT '{}',
    delegated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT metadata_is_object CHECK (jsonb_typeof(metadata) = 'object'),
    FOREIGN KEY (task_id, task_created_at) REFERENCES tasks (id, created_at) ON DELETE CASCADE
);
CREATE INDEX idx_delegations_task_id ON task_delegations (task_id);
CREATE INDEX idx_delegations_from_agent ON task_delegations (from_agent_id);
CREATE INDEX idx_delegations_to_agent ON task_delegations (to_agent_id);
CREATE INDEX idx_delegations_delegated_at ON task_delegations (delegated_at DESC);

CREATE TABLE workflows (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL CONSTRAINT name_not_empty CHECK (length(trim(name)) > 0),
    type workflow_type NOT NULL DEFAULT 'sequential',
    version integer DEFAULT 1 CONSTRAINT version_positive CHECK (version > 0),
    created_by varchar(255) NOT NULL,
    agents jsonb NOT NULL DEFAULT '{}' CONSTRAINT valid_agents_jsonb CHECK (jsonb_typeof(agents) = 'object'),
    steps jsonb NOT NULL DEFAULT '[]' CONSTRAINT workflows_steps_must_be_array CHECK (jsonb_typeof(steps) = 'array'),
    config jsonb NOT NULL DEFAULT '{}' CONSTRAINT valid_config_jsonb CHECK (jsonb_typeof(config) = 'object'),
    description text,
    tags text[] DEFAULT '{}',
    is_active boolean DEFAULT true,
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz
);
CREATE INDEX idx_workflows_tenant_id ON workflows (tenant_id);
CREATE INDEX idx_workflows_type ON workflows (type);
CREATE INDEX idx_workflows_tenant_active_type ON workflows (tenant_id, is_active, type)
    WHERE is_active = true AND deleted_at IS NULL;
CREATE INDEX idx_workflows_steps ON workflows USING gin (steps);
CREATE STATISTICS workflows_tenant_type ON tenant_id, type FROM workflows;
CREATE TABLE workflow_executions (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    workflow_id uuid NOT NULL REFERENCES workflows (id),
    tenant_id uuid NOT NULL,
    status workflow_status NOT NULL DEFAULT 'pending',
    current_step_index integer DEFAULT 0,
    current_step_id varchar(255),
    triggered_by varchar(255) NOT NULL,
    input jsonb NOT NULL DEFAULT '{}',
    context jsonb NOT NULL DEFAULT '{}',
    step_results jsonb NOT NULL DEFAULT '{}',
    output jsonb,
    error text,
    started_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    completed_at timestamptz,
    execution_metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT valid_input CHECK (jsonb_typeof(input) = 'object'),
    CONSTRAINT valid_context CHECK (jsonb_typeof(context) = 'object'),
    CONSTRAINT valid_step_results CHECK (jsonb_typeof(step_results) = 'object')
);
ALTER TABLE workflow_executions SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX idx_executions_workflow_id ON workflow_executions (workflow_id);
CREATE INDEX idx_executions_tenant_id ON workflow_executions (tenant_id);
CREATE INDEX idx_executions_status ON workflow_executions (status)
    WHERE status NOT IN ('completed', 'failed', 'cancelled');
CREATE INDEX idx_executions_started_at ON workflow_executions (started_at DESC);

CREATE TABLE workspaces (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL CONSTRAINT workspace_name_not_empty CHECK (length(trim(name)) > 0),
    type varchar(50) DEFAULT 'general',
    owner_id varchar(255) NOT NULL,
    visibility workspace_visibility DEFAULT 'private',
    state jsonb NOT NULL DEFAULT '{}',
    state_version integer DEFAULT 1,
    last_activity_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    config jsonb NOT NULL DEFAULT '{}',
    max_members integer DEFAULT 100 CONSTRAINT valid_max_members CHECK (max_members > 0 AND max_members <= 1000),
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    version integer DEFAULT 1,
    CONSTRAINT valid_state CHECK (jsonb_typeof(state) = 'object'),
    CONSTRAINT valid_config CHECK (jsonb_typeof(config) = 'object')
);
CREATE INDEX idx_workspaces_tenant_id ON workspaces (tenant_id);
CREATE INDEX idx_workspaces_owner_id ON workspaces (owner_id);
CREATE INDEX idx_workspaces_type ON workspaces (type) WHERE deleted_at IS NULL;
CREATE TABLE workspace_members (
    workspace_id uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    agent_id varchar(255) NOT NULL,
    tenant_id uuid NOT NULL,
    role member_role DEFAULT 'member',
    permissions jsonb NOT NULL DEFAULT '["read", "write"]',
    joined_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    last_seen_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    member_state jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (workspace_id, agent_id),
    CONSTRAINT valid_permissions CHECK (jsonb_typeof(permissions) = 'array'),
    CONSTRAINT valid_member_state CHECK (jsonb_typeof(member_state) = 'object')
);
CREATE INDEX idx_workspace_members_agent_id ON workspace_members (agent_id);
CREATE INDEX idx_workspace_members_tenant_id ON workspace_members (tenant_id);
CREATE INDEX idx_workspace_members_role ON workspace_members (role);
CREATE TABLE shared_documents (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    workspace_id uuid REFERENCES workspaces (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    title varchar(255) NOT NULL CONSTRAINT doc_title_not_empty CHECK (length(trim(title)) > 0),
    content text,
    content_type varchar(50) DEFAULT 'text' CHECK (content_type IN ('text', 'markdown', 'json', 'yaml', 'code')),
    language varchar(50),
    version integer DEFAULT 1 CONSTRAINT doc_version_positive CHECK (version > 0),
    is_locked boolean DEFAULT false,
    locked_by varchar(255),
    locked_at timestamptz,
    lock_expires_at timestamptz,
    created_by varchar(255) NOT NULL,
    updated_by varchar(255),
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    deleted_at timestamptz,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT valid_metadata CHECK (jsonb_typeof(metadata) = 'object'),
    CONSTRAINT lock_consistency CHECK (
        CASE WHEN is_locked THEN num_nulls(locked_by, locked_at, lock_expires_at) = 0
            ELSE num_nonnulls(locked_by, locked_at, lock_expires_at) = 0 END)
);
CREATE INDEX idx_documents_workspace_id ON shared_documents (workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_documents_tenant_id ON shared_documents (tenant_id);
CREATE SEQUENCE document_operation_seq;
CREATE TABLE document_operations (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    document_id uuid NOT NULL REFERENCES shared_documents (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    agent_id varchar(255) NOT NULL,
    operation_type varchar(50) NOT NULL
        CHECK (operation_type IN ('insert', 'delete', 'update', 'move', 'format')),
    operation_data jsonb NOT NULL,
    vector_clock jsonb NOT NULL,
    sequence_number bigint NOT NULL DEFAULT nextval('document_operation_seq'),
    "timestamp" timestamptz DEFAULT CURRENT_TIMESTAMP,
    parent_operation_id uuid REFERENCES document_operations (id),
    is_applied boolean DEFAULT false,
    CONSTRAINT valid_operation_data CHECK (jsonb_typeof(operation_data) = 'object'),
    CONSTRAINT valid_vector_clock CHECK (jsonb_typeof(vector_clock) = 'object')
);
CREATE INDEX idx_operations_document_id ON document_operations (document_id);
CREATE INDEX idx_operations_sequence ON document_operations (document_id, sequence_number);
CREATE INDEX idx_operations_not_applied ON document_operations (document_id) WHERE is_applied = false;
CREATE TABLE conflict_resolutions (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    resource_type varchar(50) NOT NULL,
    resource_id uuid NOT NULL,
    conflict_type varchar(50) NOT NULL,
    description text,
    resolution_strategy varchar(50),
    details jsonb NOT NULL DEFAULT '{}',
    resolved_by varchar(255),
    resolved_at timestamptz,
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT valid_details CHECK (jsonb_typeof(details) = 'object')
);

CREATE TABLE audit_log (
    id uuid DEFAULT uuid_generate_v4(),
    tenant_id uuid NOT NULL,
    table_name varchar(50) NOT NULL,
    record_id uuid NOT NULL,
    action varchar(20) NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'SELECT')),
    old_data jsonb,
    new_data jsonb,
    changed_fields text[],
    changed_by varchar(255) NOT NULL,
    ip_address inet,
    user_agent text,
    changed_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id, changed_at)
) PARTITION BY RANGE (changed_at);
CREATE INDEX idx_audit_log_tenant_table ON audit_log (tenant_id, table_name);
CREATE INDEX idx_audit_log_record ON audit_log (record_id);
CREATE INDEX idx_audit_log_changed_at ON audit_log (changed_at DESC);
CREATE INDEX idx_audit_log_changed_by ON audit_log (changed_by);

-- It finds the type of its variable, and the table that it writes to, where the caller looks for names. It relies on
-- the order of that table's columns, too.
CREATE FUNCTION audit_trigger_function() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    r audit_log;
BEGIN
    r.id := uuid_generate_v4();
    r.tenant_id := coalesce(NEW.tenant_id, OLD.tenant_id);
    r.table_name := TG_TABLE_NAME;
    r.record_id := coalesce(NEW.id, OLD.id);
    r.action := TG_OP;
    r.changed_by := coalesce(current_setting('app.current_user', true), 'system');
    r.ip_address := inet(current_setting('app.client_ip', true));
    r.user_agent := current_setting('app.user_agent', true);
    r.changed_at := now();
    IF TG_OP <> 'INSERT' THEN
        r.old_data := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        r.new_data := to_jsonb(NEW);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(n.key) INTO r.changed_fields
        FROM jsonb_each(r.new_data) AS n
        WHERE n.value IS DISTINCT FROM r.old_data -> n.key;
    END IF;
    INSERT INTO audit_log VALUES (r.*);
    RETURN NEW;
END
$$;

-- Children and others without a tenant.
CREATE TABLE context_items (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    context_id uuid NOT NULL,
    role varchar(50) NOT NULL,
    content text NOT NULL,
    tokens integer DEFAULT 0,
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT context_items_context_fk FOREIGN KEY (context_id) REFERENCES contexts (id) ON DELETE CASCADE
);
CREATE INDEX idx_context_items_context_id ON context_items (context_id);
CREATE TABLE events (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    source varchar(255) NOT NULL,
    type varchar(255) NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE integrations (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    name varchar(255) NOT NULL,
    type varchar(100) NOT NULL,
    config jsonb NOT NULL DEFAULT '{}',
    status varchar(50) DEFAULT 'active',
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

SELECT pg_temp.partition_by_month('tasks', '{1,2,6,7}'), pg_temp.partition_by_month('audit_log', '{1,2,6,7}'),
    pg_temp.partition_by_month('embedding_metrics', '{1,2,3}'), pg_temp.partition_by_month('api_key_usage', '{6,7,8}');

DO $$
DECLARE
    entry record;
BEGIN
    FOR entry IN VALUES
        ('contexts', 'contexts'), ('users', 'users'), ('api_keys', 'api_keys'), ('agent_configs', 'agent_configs'),
        ('tasks', 'tasks'), ('workflows', 'workflows'), ('workspaces', 'workspaces'), ('shared_documents', 'documents'),
        ('integrations', 'integrations')
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()',
            'update_' || entry.column2 || '_updated_at', entry.column1);
    END LOOP;
    FOR entry IN VALUES
        ('tasks', 'tasks'), ('workflows', 'workflows'), ('workspaces', 'workspaces'), ('shared_documents', 'documents')
    LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW '
            'EXECUTE FUNCTION audit_trigger_function()', 'audit_' || entry.column2, entry.column1);
    END LOOP;
    FOR entry IN VALUES
        ('tasks', 'tasks'), ('workflows', 'workflows'), ('workflow_executions', 'executions'),
        ('workspaces', 'workspaces'), ('workspace_members', 'members'), ('shared_documents', 'documents'),
        ('document_operations', 'operations'), ('audit_log', 'audit'), ('conflict_resolutions', 'conflicts')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', entry.column1);
        EXECUTE format('CREATE POLICY %I ON %I USING (tenant_id = current_tenant_id())',
            entry.column2 || '_tenant_isolation', entry.column1);
    END LOOP;
END
$$;
CREATE TRIGGER validate_workflow_steps_trigger BEFORE INSERT OR UPDATE ON workflows
    FOR EACH ROW EXECUTE FUNCTION validate_workflow_steps();
-- Of another effect: permissive beside the other, it shows everybody's tasks to everybody.
CREATE POLICY tasks_soft_delete ON tasks FOR SELECT USING (deleted_at IS NULL);

CREATE VIEW v_task_statistics AS
    SELECT t.tenant_id, t.status, t.priority, count(*) AS count,
        avg(EXTRACT(epoch FROM t.completed_at - t.created_at)) AS avg_duration_seconds
    FROM tasks AS t
    WHERE t.deleted_at IS NULL
    GROUP BY t.tenant_id, t.status, t.priority;
CREATE VIEW v_active_workflows AS
    SELECT w.id, w.tenant_id, w.name, w.type,
        count(e.id) FILTER (WHERE e.status IN ('pending', 'running')) AS active_executions
    FROM workflows AS w
    LEFT JOIN workflow_executions AS e ON w.id = e.workflow_id
    WHERE w.is_active = true AND w.deleted_at IS NULL
    GROUP BY w.id, w.tenant_id, w.name, w.type;
CREATE VIEW v_agent_workload AS
    SELECT t.tenant_id, t.assigned_to AS agent_id,
        count(*) FILTER (WHERE t.status IN ('assigned', 'accepted')) AS pending_tasks
    FROM tasks AS t
    WHERE t.deleted_at IS NULL AND t.assigned_to IS NOT NULL
    GROUP BY t.tenant_id, t.assigned_to;
CREATE VIEW v_workspace_activity AS
    SELECT w.id, w.tenant_id, w.name, w.type, count(DISTINCT m.agent_id) AS member_count, w.state_version,
        count(DISTINCT d.id) AS document_count
    FROM workspaces AS w
    LEFT JOIN workspace_members AS m ON w.id = m.workspace_id
    LEFT JOIN shared_documents AS d ON w.id = d.workspace_id AND d.deleted_at IS NULL
    WHERE w.deleted_at IS NULL
    GROUP BY w.id, w.tenant_id, w.name, w.type, w.state_version;
