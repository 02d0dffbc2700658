-- The platform's database as it drifted: fifteen tables as its own programs made them over the years, in no style of
-- ours, and nothing of what came later. Written by hand; it owes nothing to sql/mcp/migrations.
CREATE SCHEMA mcp;

CREATE TYPE mcp.workspace_visibility AS ENUM ('private', 'team', 'organization', 'public');

CREATE FUNCTION mcp.update_updated_at_column() RETURNS trigger AS $$
BEGIN
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END;
$$ language 'plpgsql';

CREATE FUNCTION mcp.notify_event() RETURNS trigger AS $$
BEGIN
    PERFORM pg_notify('mcp_events', NEW.id::text);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE TABLE mcp.models (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) NOT NULL,
    provider varchar(50) NOT NULL,
    context_window integer DEFAULT 4096,
    capabilities jsonb DEFAULT '{}',
    is_active boolean DEFAULT true,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE mcp.agents (
    id uuid PRIMARY KEY DEFAULT md5(random()::text || clock_timestamp()::text)::uuid,
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(50) NOT NULL DEFAULT 'standard',
    model_id uuid,
    capabilities text[],
    legacy_score double precision NOT NULL DEFAULT 0.5,
    last_seen_at timestamp without time zone,
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT fk_agents_model FOREIGN KEY (model_id) REFERENCES mcp.models (id)
);
CREATE INDEX idx_agents_tenant ON mcp.agents (tenant_id);
CREATE INDEX idx_agents_model ON mcp.agents (model_id);

CREATE TABLE mcp.contexts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    model_id uuid,
    session_id varchar(255),
    token_count integer DEFAULT 0,
    max_tokens integer DEFAULT 8192,
    metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);
CREATE INDEX idx_contexts_agent ON mcp.contexts (agent_id);

CREATE TABLE mcp.context_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    context_id uuid NOT NULL REFERENCES mcp.contexts (id) ON DELETE CASCADE,
    type varchar(50) NOT NULL,
    role varchar(20),
    content text NOT NULL,
    token_count integer DEFAULT 0,
    sequence_number integer NOT NULL,
    metadata jsonb DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT context_items_sequence UNIQUE (context_id, sequence_number)
);

CREATE TABLE mcp.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    email text NOT NULL,
    name varchar(255),
    role varchar(50) DEFAULT 'member',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT unique_email_per_tenant UNIQUE (tenant_id, email)
);

CREATE TABLE mcp.api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    user_id uuid REFERENCES mcp.users (id) ON DELETE CASCADE,
    key_hash varchar(255) NOT NULL,
    key_prefix varchar(10) NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(50) NOT NULL DEFAULT 'standard',
    role varchar(50) DEFAULT 'read',
    scopes text[] DEFAULT ARRAY[]::text[],
    is_active boolean DEFAULT true,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- The name that the new column's own CHECK has to have.
    CONSTRAINT api_keys_key_type_check CHECK (type <> '')
);
CREATE UNIQUE INDEX idx_api_keys_hash ON mcp.api_keys (key_hash);
CREATE INDEX idx_api_keys_type ON mcp.api_keys (tenant_id, type) WHERE is_active;

CREATE TABLE mcp.api_key_usage (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    api_key_id uuid NOT NULL,
    endpoint varchar(255) NOT NULL,
    status_code integer,
    response_time_ms integer,
    ip_address inet,
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, used_at)
) PARTITION BY RANGE (used_at);
CREATE INDEX idx_usage_key ON mcp.api_key_usage (api_key_id, used_at DESC);

CREATE TABLE mcp.embeddings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    context_id uuid,
    content_index integer NOT NULL DEFAULT 0,
    chunk_index integer DEFAULT 0,
    content text NOT NULL,
    content_hash varchar(64),
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_dimensions integer NOT NULL,
    magnitude double precision,
    metadata jsonb DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_embeddings_context ON mcp.embeddings (context_id);

CREATE TABLE mcp.tasks (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    type varchar(100) NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    priority varchar(20) DEFAULT 'medium',
    created_by uuid,
    assigned_to uuid,
    parent_task_id uuid,
    title text NOT NULL,
    description text,
    parameters jsonb DEFAULT '{}',
    result jsonb,
    error text,
    max_retries integer DEFAULT 3,
    retry_count integer DEFAULT 0,
    timeout_seconds integer DEFAULT 3600,
    created_at timestamptz NOT NULL DEFAULT now(),
    assigned_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (id, created_at),
    CONSTRAINT tasks_priority_valid CHECK (priority IN ('low', 'medium', 'high', 'critical'))
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_tasks_agent_status ON mcp.tasks (assigned_to, status) WHERE deleted_at IS NULL;

CREATE TABLE mcp.workflows (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    type varchar(20) NOT NULL CHECK (type IN ('sequential', 'parallel', 'conditional', 'loop')),
    status varchar(20) NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'active', 'paused', 'completed', 'failed', 'archived')),
    version integer DEFAULT 1,
    steps jsonb NOT NULL DEFAULT '[]',
    created_by varchar(255),
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);
CREATE INDEX idx_workflows_active ON mcp.workflows (tenant_id, updated_at) WHERE status = 'active';

CREATE TABLE mcp.workflow_executions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workflow_id uuid NOT NULL REFERENCES mcp.workflows (id),
    status text NOT NULL DEFAULT 'active',
    input jsonb DEFAULT '{}',
    output jsonb,
    error text,
    started_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mcp.workspaces (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    owner_id uuid,
    visibility mcp.workspace_visibility NOT NULL DEFAULT 'private',
    settings jsonb DEFAULT '{}',
    created_at timestamp without time zone NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX workspaces_tenant_idx ON mcp.workspaces (tenant_id);

CREATE TABLE mcp.integrations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    type varchar(50) NOT NULL,
    configuration jsonb NOT NULL DEFAULT '{}',
    credentials bytea,
    is_active boolean DEFAULT true,
    last_sync_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mcp.events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    event_type varchar(100) NOT NULL,
    source varchar(255),
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mcp.audit_log (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    table_name varchar(100) NOT NULL,
    record_id uuid NOT NULL,
    action varchar(20) NOT NULL,
    old_data jsonb,
    new_data jsonb,
    changed_by varchar(255),
    ip_address inet,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, changed_at)
) PARTITION BY RANGE (changed_at);
CREATE INDEX idx_audit_tenant_time ON mcp.audit_log (tenant_id, changed_at DESC);

-- The partitions of three months, after which nobody made any.
DO $$
DECLARE
    parent text;
    month date;
BEGIN
    FOREACH parent IN ARRAY ARRAY['tasks', 'audit_log', 'api_key_usage'] LOOP
        FOR month IN SELECT generate_series(date '2025-01-01', '2025-03-01', '1 month')::date LOOP
            EXECUTE format('CREATE TABLE mcp.%I PARTITION OF mcp.%I FOR VALUES FROM (%L) TO (%L)',
                parent || to_char(month, '_YYYY_MM'), parent, month || ' 00:00:00+00',
                (month + interval '1 month')::date || ' 00:00:00+00');
        END LOOP;
    END LOOP;
END
$$;

CREATE TRIGGER update_agents_updated_at BEFORE UPDATE ON mcp.agents
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER update_contexts_updated_at BEFORE UPDATE ON mcp.contexts
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER update_tasks_updated_at BEFORE UPDATE ON mcp.tasks
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER update_embeddings_updated_at BEFORE UPDATE ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER events_notify AFTER INSERT ON mcp.events
    FOR EACH ROW EXECUTE FUNCTION mcp.notify_event();

-- What nobody remembers.
CREATE TABLE mcp.legacy_sessions (id integer PRIMARY KEY, tenant_id uuid, data jsonb);
CREATE VIEW mcp.v_active_agents AS SELECT a.id, a.name, a.legacy_score FROM mcp.agents AS a;

-- golang-migrate's record: migration 1 failed, and nothing has been applied since.
CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO public.schema_migrations VALUES (1, true);
