-- Makes what migration 1 of pgtend makes, for golang-migrate. Generated from
-- sql/mcp/migrations/0001_consolidated_schema by "make generate": change the files there, never this one.
-- The tool sends it as one query, which the server runs as one transaction: leave x-multi-statement off. In psql
-- use --single-transaction.
SET LOCAL search_path = '';

-- What the server must offer, checked before anything is made: a refusal here leaves nothing behind.
DO $$
DECLARE
    major constant integer := current_setting('server_version_num')::integer / 10000;
    installed constant text := (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'vector');
    available constant text :=
        (SELECT a.default_version FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'vector');
BEGIN
    IF major < 15 THEN
        RAISE EXCEPTION 'this schema needs PostgreSQL 15 or later; this server is %',
            current_setting('server_version')
            USING ERRCODE = 'feature_not_supported';
    END IF;

    IF installed IS NULL AND available IS NULL THEN
        RAISE EXCEPTION 'this schema needs the extension "vector" (pgvector 0.8 or later), which this server does '
            'not offer'
            USING ERRCODE = 'feature_not_supported',
                HINT = format('Install the package postgresql-%s-pgvector on the server (where the distribution has '
                    'none for PostgreSQL %s, the PostgreSQL project''s own apt repository does), then apply the '
                    'schema again.', major, major);
    END IF;

    -- Iterative index scans, without which a search filtered by tenant finds too little, came with 0.8.
    IF string_to_array(substring(coalesce(installed, available) FROM '^\d+(?:\.\d+)*'), '.')::integer[]
        < ARRAY[0, 8] THEN
        RAISE EXCEPTION 'this schema needs pgvector 0.8 or later; this database would use %',
            coalesce(installed, available)
            USING ERRCODE = 'feature_not_supported',
                HINT = format('Upgrade the package postgresql-%s-pgvector on the server%s.', major,
                    CASE WHEN installed IS NOT NULL THEN ', then run: ALTER EXTENSION vector UPDATE' ELSE '' END);
    END IF;
END
$$;

-- What the migration makes beyond the objects of schema mcp may have stood before, or serve others by now: roles belong
-- to the whole cluster, extensions and other schemas to the whole database. Each is recorded when it is made, so that
-- taking the schema back removes these and no others.
DO $$
DECLARE
    is_new constant boolean := to_regnamespace('pgtend') IS NULL;
    grantee text;
BEGIN
    IF to_regclass('pgtend.created_objects') IS NOT NULL THEN
        RETURN;
    END IF;
    IF is_new THEN
        CREATE SCHEMA pgtend;
        GRANT USAGE ON SCHEMA pgtend TO PUBLIC;
        COMMENT ON SCHEMA pgtend IS 'What pgtend itself has to remember.';
    END IF;

    CREATE TABLE pgtend.created_objects (
        kind text NOT NULL CHECK (kind IN ('role', 'extension', 'schema', 'usage', 'owner', 'comment')),
        name text NOT NULL,
        detail text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by name NOT NULL DEFAULT current_user,
        PRIMARY KEY (kind, name, detail)
    );
    -- Whoever could write to it would say what a rollback gives back, and to whom.
    FOR grantee IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
        FROM pg_catalog.pg_class AS c
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        WHERE c.oid = 'pgtend.created_objects'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON TABLE pgtend.created_objects FROM %s', grantee);
    END LOOP;
    GRANT SELECT ON TABLE pgtend.created_objects TO PUBLIC;

    COMMENT ON TABLE pgtend.created_objects IS
        'What migration 1 made, or changed, outside the objects of schema mcp: one row each. What stood before it has '
        'no row, and stays when the schema is taken back. Goes with the schema.';
    COMMENT ON COLUMN pgtend.created_objects.kind IS
        'role, extension, schema: it was made. usage: the right to use a schema was granted. owner, comment: a schema '
        'that stood before got another.';
    COMMENT ON COLUMN pgtend.created_objects.name IS 'Of the role or the extension; else of the schema.';
    COMMENT ON COLUMN pgtend.created_objects.detail IS
        'usage: the role that got it. owner, comment: what it was before; empty for no comment.';
    COMMENT ON COLUMN pgtend.created_objects.created_at IS 'When the transaction began, by the server''s clock.';
    COMMENT ON COLUMN pgtend.created_objects.created_by IS
        'The role that made it. Its own membership in a role that it made keeps nobody from dropping that role.';

    IF is_new THEN
        INSERT INTO pgtend.created_objects (kind, name) VALUES ('schema', 'pgtend');
    END IF;
END
$$;

-- The three group roles of the schema. Roles belong to the whole cluster, so each is made only where it is missing,
-- and one that another database's migration makes at the same moment is as good as ours.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT *
        FROM (VALUES
            ('mcp_owner', 'Owns everything in schema mcp; row-level security does not bind it. Nobody logs in as it: '
                'the maintenance role is a member.'),
            ('mcp_application', 'What the platform''s programs are members of: reads and writes rows of the tenant '
                'named by the setting app.current_tenant.'),
            ('mcp_readonly', 'What reports are members of: reads rows of the tenant named by the setting '
                'app.current_tenant.')
        ) AS roles (name, purpose)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted.name);
                EXECUTE format('COMMENT ON ROLE %I IS %L', wanted.name, wanted.purpose);
                INSERT INTO pgtend.created_objects (kind, name) VALUES ('role', wanted.name)
                ON CONFLICT DO NOTHING;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                RAISE DEBUG 'role % was made meanwhile by another session', wanted.name;
            END;
        END IF;
    END LOOP;
END
$$;

-- The schema may stand already: an administrator made it for an owner who may create none, or an older release did.
DO $$
DECLARE
    purpose constant text :=
        'The platform for AI agents: embeddings, their search statistics, their cost, and the audit trail. '
        'Every table with a tenant_id is bound by row-level security to the setting app.current_tenant.';
    stands constant boolean := to_regnamespace('mcp') IS NOT NULL;
    former_owner name;
    former_comment text;
    reader name;
BEGIN
    IF NOT stands THEN
        CREATE SCHEMA mcp;
        INSERT INTO pgtend.created_objects (kind, name) VALUES ('schema', 'mcp') ON CONFLICT DO NOTHING;
    END IF;
    SELECT r.rolname, obj_description(n.oid, 'pg_namespace') INTO STRICT former_owner, former_comment
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_roles AS r ON r.oid = n.nspowner
    WHERE n.nspname = 'mcp';

    IF former_owner <> 'mcp_owner' THEN
        IF stands THEN
            INSERT INTO pgtend.created_objects (kind, name, detail) VALUES ('owner', 'mcp', former_owner)
            ON CONFLICT DO NOTHING;
        END IF;
        ALTER SCHEMA mcp OWNER TO mcp_owner;
    END IF;
    IF former_comment IS DISTINCT FROM purpose THEN
        IF stands THEN
            INSERT INTO pgtend.created_objects (kind, name, detail)
            VALUES ('comment', 'mcp', coalesce(former_comment, '')) ON CONFLICT DO NOTHING;
        END IF;
        EXECUTE format('COMMENT ON SCHEMA mcp IS %L', purpose);
    END IF;

    -- Rights that stand already, or that ALTER DEFAULT PRIVILEGES gives to what is new, are taken back, here as for
    -- every object: the rights are those that the migration grants, whatever the database was like before. Whoever
    -- may create in the schema could put functions beside those that search calls.
    REVOKE ALL ON SCHEMA mcp FROM PUBLIC;
    REVOKE CREATE ON SCHEMA mcp FROM mcp_application, mcp_readonly;
    REVOKE GRANT OPTION FOR USAGE ON SCHEMA mcp FROM mcp_application, mcp_readonly;
    FOREACH reader IN ARRAY ARRAY['mcp_application', 'mcp_readonly'] LOOP
        IF NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_namespace AS n
            CROSS JOIN LATERAL aclexplode(n.nspacl) AS g
            WHERE n.nspname = 'mcp' AND g.privilege_type = 'USAGE' AND g.grantee = reader::regrole)
        THEN
            EXECUTE format('GRANT USAGE ON SCHEMA mcp TO %I', reader);
            INSERT INTO pgtend.created_objects (kind, name, detail) VALUES ('usage', 'mcp', reader)
            ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;
END
$$;

-- pgvector stays where it is if the database has it already; otherwise it goes to public, where programs that use
-- its types without a schema find it, or beside the tables in a database without public.
DO $$
DECLARE
    home name;
    reader name;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'vector') THEN
        home := coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'), 'mcp');
        EXECUTE format('CREATE EXTENSION vector SCHEMA %I', home);
        INSERT INTO pgtend.created_objects (kind, name) VALUES ('extension', 'vector') ON CONFLICT DO NOTHING;
    END IF;

    SELECT n.nspname INTO STRICT home
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'vector';

    -- Whoever writes or compares a vector needs its type and operators.
    FOREACH reader IN ARRAY ARRAY['mcp_owner', 'mcp_application', 'mcp_readonly'] LOOP
        IF NOT has_schema_privilege(reader, home, 'USAGE') THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', home, reader);
            INSERT INTO pgtend.created_objects (kind, name, detail) VALUES ('usage', home, reader)
            ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;

    -- Trigram search is optional: without the extension its index is absent, and nothing else changes.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pg_trgm')
        AND EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'pg_trgm')
    THEN
        BEGIN
            EXECUTE format('CREATE EXTENSION pg_trgm SCHEMA %I',
                coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'), 'mcp'));
            INSERT INTO pgtend.created_objects (kind, name) VALUES ('extension', 'pg_trgm') ON CONFLICT DO NOTHING;
        -- Whoever has something there of the name of one of its parts need not keep us from the rest.
        EXCEPTION WHEN insufficient_privilege OR duplicate_function OR duplicate_object THEN
            RAISE NOTICE 'extension "pg_trgm" is optional and was not made: %', SQLERRM;
        END;
    END IF;
END
$$;

-- Values stand in the order in which they compare: tasks by priority, members by what they may do.
CREATE TYPE mcp.task_status AS ENUM (
    'pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled', 'delegated'
);
CREATE TYPE mcp.task_priority AS ENUM ('low', 'medium', 'high', 'critical');
CREATE TYPE mcp.workflow_type AS ENUM (
    'sequential', 'parallel', 'conditional', 'loop', 'map_reduce', 'scatter_gather'
);
CREATE TYPE mcp.workflow_status AS ENUM ('draft', 'active', 'paused', 'completed', 'failed', 'archived');
CREATE TYPE mcp.delegation_type AS ENUM ('handoff', 'collaboration', 'supervision', 'consultation');
CREATE TYPE mcp.workspace_visibility AS ENUM ('private', 'team', 'organization', 'public');
CREATE TYPE mcp.member_role AS ENUM ('viewer', 'contributor', 'moderator', 'admin', 'owner');

ALTER TYPE mcp.task_status OWNER TO mcp_owner;
ALTER TYPE mcp.task_priority OWNER TO mcp_owner;
ALTER TYPE mcp.workflow_type OWNER TO mcp_owner;
ALTER TYPE mcp.workflow_status OWNER TO mcp_owner;
ALTER TYPE mcp.delegation_type OWNER TO mcp_owner;
ALTER TYPE mcp.workspace_visibility OWNER TO mcp_owner;
ALTER TYPE mcp.member_role OWNER TO mcp_owner;

REVOKE ALL ON TYPE mcp.task_status, mcp.task_priority, mcp.workflow_type, mcp.workflow_status, mcp.delegation_type,
    mcp.workspace_visibility, mcp.member_role
    FROM PUBLIC, mcp_application, mcp_readonly;
GRANT USAGE ON TYPE mcp.task_status, mcp.task_priority, mcp.workflow_type, mcp.workflow_status, mcp.delegation_type,
    mcp.workspace_visibility, mcp.member_role
    TO PUBLIC;

COMMENT ON TYPE mcp.task_status IS 'Where a task stands. Completed and cancelled are final.';
COMMENT ON TYPE mcp.task_priority IS 'How urgent a task is, from least to most.';
COMMENT ON TYPE mcp.workflow_type IS 'How the steps of a workflow follow each other.';
COMMENT ON TYPE mcp.workflow_status IS 'Where a workflow stands.';
COMMENT ON TYPE mcp.delegation_type IS 'What an agent that delegates a task asks of the other.';
COMMENT ON TYPE mcp.workspace_visibility IS 'Who may find a workspace, from fewest to all of the tenant.';
COMMENT ON TYPE mcp.member_role IS 'What a member of a workspace may do, from least to most.';

-- STABLE, so that a policy's (SELECT mcp.current_tenant_id()) is evaluated once a statement. PUBLIC may execute it:
-- a policy runs it as whoever reads the table, and it says nothing but what the session itself set.
CREATE FUNCTION mcp.current_tenant_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN current_setting('app.current_tenant', true) ~ '^([0-9A-Fa-f]{4}-?){7}[0-9A-Fa-f]{4}$'
        THEN current_setting('app.current_tenant', true)::uuid
    END
$$;
ALTER FUNCTION mcp.current_tenant_id() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.current_tenant_id() FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.current_tenant_id() TO PUBLIC;

COMMENT ON FUNCTION mcp.current_tenant_id() IS
    'The tenant that the session acts for: the setting app.current_tenant as a uuid, NULL when it is unset, empty or '
    'malformed. Never an error, so that a session without a tenant sees no rows instead of failing.';

CREATE FUNCTION mcp.update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A backfill of pgtend gives a row what it should have had: nobody has changed it.
    IF current_setting('pgtend.keep_updated_at', true) IS DISTINCT FROM 'on' THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_updated_at_column() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_updated_at_column() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_updated_at_column() IS
    'Trigger, BEFORE UPDATE of a row with updated_at: sets it to the start of the transaction, unless the setting '
    'pgtend.keep_updated_at is on, as it is while pgtend fills new columns of old rows.';

-- SECURITY DEFINER: the trail of a change is written whatever the role that changes the row may do itself, and
-- belongs to the tenant of the row, not to the one that the session has set.
-- The zone and the formats are pinned: a row reads the same in the trail whoever changed it, and what a session shows
-- with fewer digits has not changed the less.
CREATE FUNCTION mcp.audit_row_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
    -- What every change or every mere use of a row sets, and what the trigger leaves out: no change by itself.
    bookkeeping constant text[] := ARRAY['updated_at', 'last_used_at']
        || ARRAY(SELECT substr(a.name, 2) FROM unnest(TG_ARGV) AS a (name) WHERE a.name LIKE '-%');
    -- A partition's rows are its table's.
    audited constant name :=
        (SELECT c.relname FROM pg_class AS c WHERE c.oid = coalesce(pg_partition_root(TG_RELID)::oid, TG_RELID));
    address constant text := nullif(current_setting('app.client_address', true), '');
    old_row jsonb;
    new_row jsonb;
    changed text[];
    moved boolean := false;
    client inet := inet_client_addr();
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
    END IF;

    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(n.key ORDER BY n.key COLLATE "C") INTO changed
        FROM jsonb_each(new_row) AS n
        WHERE n.value IS DISTINCT FROM old_row -> n.key AND n.key <> ALL (bookkeeping);
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
        moved := 'tenant_id' = ANY (changed);
    END IF;

    -- Only now, so that a secret that was replaced by another counts as changed. One that is not set shows as such.
    SELECT jsonb_object_agg(
        o.key, CASE WHEN o.key = ANY (TG_ARGV) AND o.value <> 'null' THEN '"[redacted]"' ELSE o.value END)
    INTO old_row
    FROM jsonb_each(old_row) AS o;
    SELECT jsonb_object_agg(
        n.key, CASE WHEN n.key = ANY (TG_ARGV) AND n.value <> 'null' THEN '"[redacted]"' ELSE n.value END)
    INTO new_row
    FROM jsonb_each(new_row) AS n;

    IF address IS NOT NULL THEN
        BEGIN
            client := address::inet;
        EXCEPTION WHEN data_exception THEN
            RAISE DEBUG 'app.client_address holds no address: %', address;
        END;
    END IF;

    -- A row that the owner moves to another tenant leaves the one and comes to the other: neither reads the other's.
    INSERT INTO mcp.audit_log (
        tenant_id, table_name, record_id, action, old_data, new_data, changed_fields, changed_by, ip_address, user_agent
    )
    SELECT
        (coalesce(e.new_data, e.old_data) ->> 'tenant_id')::uuid, audited,
        (coalesce(e.new_data, e.old_data) ->> 'id')::uuid, e.action, e.old_data, e.new_data, e.changed_fields,
        left(coalesce(nullif(current_setting('app.current_user', true), ''), session_user), 255), client,
        nullif(current_setting('app.user_agent', true), '')
    FROM (VALUES
        (NOT moved, TG_OP, old_row, new_row, changed),
        (moved, 'DELETE', old_row, NULL, NULL),
        (moved, 'INSERT', NULL, new_row, NULL)
    ) AS e (happened, action, old_data, new_data, changed_fields)
    WHERE e.happened;
    RETURN NULL;
END
$$;
ALTER FUNCTION mcp.audit_row_change() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.audit_row_change() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.audit_row_change() IS
    'Trigger, AFTER INSERT OR UPDATE OR DELETE of a row with id and tenant_id: writes it to audit_log. Its arguments '
    'name the columns that hold secrets: their values are replaced, and still listed among the changed ones; with a '
    'minus sign before it, a column whose change counts as none and is not listed, as that of updated_at and '
    'last_used_at. Who, from where and with what are the settings app.current_user, app.client_address and '
    'app.user_agent; where they are empty or no address, the login role and the session''s own address. An UPDATE '
    'that changes nothing, or no more than such columns, writes nothing.';

-- IMMUTABLE, so that a CHECK may use it. A document that is NULL gives NULL, as for any other condition of a CHECK.
CREATE FUNCTION mcp.validate_jsonb_keys(document jsonb, required text[], allowed text[] DEFAULT NULL) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN document IS NULL THEN NULL
        WHEN jsonb_typeof(document) <> 'object' THEN false
        ELSE document ?& coalesce(required, '{}')
            AND (allowed IS NULL OR document - allowed - coalesce(required, '{}') = '{}')
    END
$$;
ALTER FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_jsonb_keys(jsonb, text[], text[]) IS
    'Whether the document is a JSON object that has every required key and, where allowed keys are given, none but '
    'required and allowed ones. It looks at the outermost object alone, and not at values. NULL for no document.';

-- plpgsql, so that only objects cost a call: of a key that one side lacks, the value is taken as it is.
CREATE FUNCTION mcp.jsonb_merge_recursive(base jsonb, patch jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF base IS NULL OR patch IS NULL THEN
        RETURN coalesce(patch, base);
    END IF;
    IF jsonb_typeof(base) <> 'object' OR jsonb_typeof(patch) <> 'object' THEN
        RETURN patch;
    END IF;
    RETURN base || patch || coalesce(
        (
            SELECT jsonb_object_agg(p.key, mcp.jsonb_merge_recursive(base -> p.key, p.value))
            FROM jsonb_each(patch) AS p
            WHERE jsonb_typeof(p.value) = 'object' AND jsonb_typeof(base -> p.key) = 'object'
        ),
        '{}');
END
$$;
ALTER FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) IS
    'The base with the patch laid over it: objects are merged key by key, at every depth; of anything else, arrays '
    'too, the patch''s value is taken whole. A JSON null in the patch is such a value and removes no key. An SQL NULL '
    'is no document: the other one is returned.';

CREATE TABLE mcp.models (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(255) NOT NULL,
    provider varchar(50),
    model_type varchar(50),
    context_window integer,
    capabilities jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.models OWNER TO mcp_owner;
REVOKE ALL ON mcp.models FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.models TO mcp_application, mcp_readonly;

CREATE INDEX models_active_idx ON mcp.models (provider, name) WHERE is_active;

CREATE TRIGGER models_updated_at BEFORE UPDATE ON mcp.models
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.models IS
    'The language models that agents work with, shared by all tenants. Those for embeddings are in embedding_models.';
COMMENT ON COLUMN mcp.models.id IS 'Key.';
COMMENT ON COLUMN mcp.models.name IS 'The model''s name at its provider.';
COMMENT ON COLUMN mcp.models.provider IS 'Who serves the model, such as anthropic or bedrock.';
COMMENT ON COLUMN mcp.models.model_type IS 'What the model is for, such as chat or completion.';
COMMENT ON COLUMN mcp.models.context_window IS 'Longest context, in tokens of the model.';
COMMENT ON COLUMN mcp.models.capabilities IS 'Further properties, a JSON object.';
COMMENT ON COLUMN mcp.models.is_active IS 'Whether agents may pick it.';
COMMENT ON COLUMN mcp.models.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.models.updated_at IS 'When the row was last changed; kept by a trigger.';

CREATE TABLE mcp.agents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(50),
    model_id uuid,
    description text,
    capabilities text[] NOT NULL DEFAULT '{}',
    configuration jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.agents OWNER TO mcp_owner;
REVOKE ALL ON mcp.agents FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.agents TO mcp_application;
GRANT SELECT ON mcp.agents TO mcp_readonly;

ALTER TABLE mcp.agents ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.agents
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX agents_tenant_idx ON mcp.agents (tenant_id, name);
CREATE INDEX agents_tenant_active_idx ON mcp.agents (tenant_id, type) WHERE is_active;
CREATE INDEX agents_model_idx ON mcp.agents (model_id);

CREATE TRIGGER agents_updated_at BEFORE UPDATE ON mcp.agents
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.agents IS 'The agents of the tenants.';
COMMENT ON COLUMN mcp.agents.id IS 'Key.';
COMMENT ON COLUMN mcp.agents.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.agents.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.agents.type IS 'What kind of agent it is, as the platform names it.';
COMMENT ON COLUMN mcp.agents.model_id IS
    'The language model that it works with, where one is chosen. A note, no foreign key.';
COMMENT ON COLUMN mcp.agents.description IS 'What it is for.';
COMMENT ON COLUMN mcp.agents.capabilities IS 'What it can be asked to do.';
COMMENT ON COLUMN mcp.agents.configuration IS 'How it is set up, a JSON object without secrets.';
COMMENT ON COLUMN mcp.agents.is_active IS 'Whether tasks may be assigned to it.';
COMMENT ON COLUMN mcp.agents.last_seen_at IS 'When it last reported.';
COMMENT ON COLUMN mcp.agents.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.agents.updated_at IS 'When the row was last changed; kept by a trigger.';

-- The key is without the tenant, as other programs know it: of two tenants that name an agent alike, the second is
-- refused a version that the first has. The platform names agents so that it does not happen.
CREATE TABLE mcp.agent_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255) NOT NULL,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    embedding_strategy varchar(20) NOT NULL DEFAULT 'balanced'
        CHECK (embedding_strategy IN ('balanced', 'quality', 'speed', 'cost')),
    model_preferences jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(model_preferences) = 'array'),
    constraints jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(constraints) = 'object'),
    fallback_behavior jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fallback_behavior) = 'object'),
    is_active boolean NOT NULL DEFAULT true,
    created_by varchar(255),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agent_id, version)
);
ALTER TABLE mcp.agent_configs OWNER TO mcp_owner;
REVOKE ALL ON mcp.agent_configs FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.agent_configs TO mcp_application;
GRANT SELECT ON mcp.agent_configs TO mcp_readonly;

ALTER TABLE mcp.agent_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.agent_configs
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX agent_configs_active_idx ON mcp.agent_configs (tenant_id, agent_id, version DESC) WHERE is_active;

CREATE TRIGGER agent_configs_updated_at BEFORE UPDATE ON mcp.agent_configs
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.agent_configs IS 'How each agent picks its embedding models, with the versions before.';
COMMENT ON COLUMN mcp.agent_configs.id IS 'Key.';
COMMENT ON COLUMN mcp.agent_configs.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.agent_configs.agent_id IS 'The agent, as embeddings.agent_id names it.';
COMMENT ON COLUMN mcp.agent_configs.version IS 'Counts up with each new configuration of the agent, from 1.';
COMMENT ON COLUMN mcp.agent_configs.embedding_strategy IS
    'What counts when a model is picked: balanced, quality, speed or cost.';
COMMENT ON COLUMN mcp.agent_configs.model_preferences IS 'The models to try, a JSON array, the first one first.';
COMMENT ON COLUMN mcp.agent_configs.constraints IS 'What a model must keep to, such as cost or latency, a JSON object.';
COMMENT ON COLUMN mcp.agent_configs.fallback_behavior IS 'What to do when a model does not answer, a JSON object.';
COMMENT ON COLUMN mcp.agent_configs.is_active IS 'Whether it may be used: the highest such version counts.';
COMMENT ON COLUMN mcp.agent_configs.created_by IS 'The user, agent or service that made it.';
COMMENT ON COLUMN mcp.agent_configs.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.agent_configs.updated_at IS 'When the row was last changed; kept by a trigger.';

CREATE TABLE mcp.contexts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    model_id uuid,
    session_id varchar(255),
    token_count integer NOT NULL DEFAULT 0,
    max_tokens integer,
    metadata jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.contexts OWNER TO mcp_owner;
REVOKE ALL ON mcp.contexts FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.contexts TO mcp_application;
GRANT SELECT ON mcp.contexts TO mcp_readonly;

ALTER TABLE mcp.contexts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.contexts
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX contexts_tenant_agent_idx ON mcp.contexts (tenant_id, agent_id, updated_at DESC);
CREATE INDEX contexts_tenant_session_idx ON mcp.contexts (tenant_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX contexts_model_idx ON mcp.contexts (model_id);
CREATE INDEX contexts_expires_at_idx ON mcp.contexts (expires_at) WHERE expires_at IS NOT NULL;

CREATE TRIGGER contexts_updated_at BEFORE UPDATE ON mcp.contexts
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.contexts IS 'What an agent has in mind: the head of a list of context_items.';
COMMENT ON COLUMN mcp.contexts.id IS 'Key.';
COMMENT ON COLUMN mcp.contexts.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.contexts.agent_id IS 'The agent whose context it is, as embeddings.agent_id names it.';
COMMENT ON COLUMN mcp.contexts.model_id IS 'The language model that it is kept for. A note, no foreign key.';
COMMENT ON COLUMN mcp.contexts.session_id IS 'The conversation that it belongs to, as the platform names it.';
COMMENT ON COLUMN mcp.contexts.token_count IS 'Tokens of its items together, as its writer counts.';
COMMENT ON COLUMN mcp.contexts.max_tokens IS 'How many tokens it may have; NULL where the model decides.';
COMMENT ON COLUMN mcp.contexts.metadata IS 'A JSON object of the writer''s.';
COMMENT ON COLUMN mcp.contexts.expires_at IS 'From this instant on it may be removed; NULL for one that is kept.';
COMMENT ON COLUMN mcp.contexts.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.contexts.updated_at IS 'When the row was last changed; kept by a trigger.';

-- The foreign key holds the tenant, too: no row can refer to another tenant's, which the policies would not notice.
CREATE TABLE mcp.context_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    context_id uuid NOT NULL,
    sequence_number integer NOT NULL DEFAULT 0,
    type varchar(50),
    role varchar(50),
    content text,
    token_count integer,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, context_id) REFERENCES mcp.contexts (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE mcp.context_items OWNER TO mcp_owner;
REVOKE ALL ON mcp.context_items FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.context_items TO mcp_application;
GRANT SELECT ON mcp.context_items TO mcp_readonly;

ALTER TABLE mcp.context_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.context_items
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX context_items_context_idx ON mcp.context_items (tenant_id, context_id, sequence_number, created_at);

COMMENT ON TABLE mcp.context_items IS 'The items of a context, in order.';
COMMENT ON COLUMN mcp.context_items.id IS 'Key.';
COMMENT ON COLUMN mcp.context_items.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.context_items.context_id IS 'The context that it belongs to, and is removed with.';
COMMENT ON COLUMN mcp.context_items.sequence_number IS 'Its place in the context, from 0; equal ones by created_at.';
COMMENT ON COLUMN mcp.context_items.type IS 'What it is, such as message or tool_call.';
COMMENT ON COLUMN mcp.context_items.role IS 'Who says it, such as system, user or assistant.';
COMMENT ON COLUMN mcp.context_items.content IS 'The text, where there is one.';
COMMENT ON COLUMN mcp.context_items.token_count IS 'Tokens of the content, as its writer counts.';
COMMENT ON COLUMN mcp.context_items.metadata IS 'A JSON object of the writer''s.';
COMMENT ON COLUMN mcp.context_items.created_at IS 'When the row was made.';

CREATE TABLE mcp.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    email varchar(255) NOT NULL,
    name varchar(255),
    role varchar(50),
    is_active boolean NOT NULL DEFAULT true,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, email),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.users OWNER TO mcp_owner;
REVOKE ALL ON mcp.users FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.users TO mcp_application;
GRANT SELECT ON mcp.users TO mcp_readonly;

ALTER TABLE mcp.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.users
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX users_email_idx ON mcp.users (lower(email));

CREATE TRIGGER users_updated_at BEFORE UPDATE ON mcp.users
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.users IS 'The people of the tenants. How they prove who they are is not kept here.';
COMMENT ON COLUMN mcp.users.id IS 'Key.';
COMMENT ON COLUMN mcp.users.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.users.email IS 'Address by which the tenant knows the user.';
COMMENT ON COLUMN mcp.users.name IS 'What the user is called.';
COMMENT ON COLUMN mcp.users.role IS 'What the user may do, as the platform names it.';
COMMENT ON COLUMN mcp.users.is_active IS 'Whether the user may act; the keys of one who may not are not found.';
COMMENT ON COLUMN mcp.users.last_login_at IS 'When the user last logged in.';
COMMENT ON COLUMN mcp.users.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.users.updated_at IS 'When the row was last changed; kept by a trigger.';

-- The foreign keys hold the tenant, too: no row can refer to another tenant's, which the policies would not notice.
CREATE TABLE mcp.api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    user_id uuid,
    parent_key_id uuid,
    name varchar(255),
    key_hash varchar(255) NOT NULL UNIQUE,
    key_prefix varchar(20),
    key_type varchar(50) NOT NULL DEFAULT 'user'
        CHECK (key_type IN ('user', 'admin', 'agent', 'service', 'gateway')),
    role varchar(50),
    scopes text[] NOT NULL DEFAULT '{}',
    allowed_services text[],
    is_active boolean NOT NULL DEFAULT true,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES mcp.users (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_key_id) REFERENCES mcp.api_keys (tenant_id, id)
);
ALTER TABLE mcp.api_keys OWNER TO mcp_owner;
REVOKE ALL ON mcp.api_keys FROM PUBLIC, mcp_application, mcp_readonly;
-- A hash is written once and compared by find_api_key(): no role reads or changes it.
GRANT SELECT (
    id, tenant_id, user_id, parent_key_id, name, key_prefix, key_type, role, scopes, allowed_services, is_active,
    expires_at, last_used_at, created_at, updated_at
) ON mcp.api_keys TO mcp_application, mcp_readonly;
GRANT INSERT, DELETE ON mcp.api_keys TO mcp_application;
GRANT UPDATE (name, role, scopes, allowed_services, is_active, expires_at, last_used_at) ON mcp.api_keys
    TO mcp_application;

ALTER TABLE mcp.api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.api_keys
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX api_keys_user_idx ON mcp.api_keys (tenant_id, user_id);
CREATE INDEX api_keys_parent_idx ON mcp.api_keys (tenant_id, parent_key_id);
CREATE INDEX api_keys_expires_at_idx ON mcp.api_keys (expires_at) WHERE expires_at IS NOT NULL;

CREATE TRIGGER api_keys_updated_at BEFORE UPDATE ON mcp.api_keys
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER api_keys_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.api_keys
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('key_hash');

COMMENT ON TABLE mcp.api_keys IS
    'The keys by which programs and people authenticate, as hashes. A key is revoked by is_active.';
COMMENT ON COLUMN mcp.api_keys.id IS 'Key.';
COMMENT ON COLUMN mcp.api_keys.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.api_keys.user_id IS 'The user who acts with it; NULL for a key of no person.';
COMMENT ON COLUMN mcp.api_keys.parent_key_id IS
    'The key that it was derived from. Authentication looks at the key alone.';
COMMENT ON COLUMN mcp.api_keys.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.api_keys.key_hash IS 'Hash of the key; the key itself is nowhere. Only find_api_key() reads it.';
COMMENT ON COLUMN mcp.api_keys.key_prefix IS 'The first characters of the key, by which people tell keys apart.';
COMMENT ON COLUMN mcp.api_keys.key_type IS 'Who acts with it: user, admin, agent, service or gateway.';
COMMENT ON COLUMN mcp.api_keys.role IS 'What the key may do, as the platform names it.';
COMMENT ON COLUMN mcp.api_keys.scopes IS 'What the key may be used for; empty for no restriction by scope.';
COMMENT ON COLUMN mcp.api_keys.allowed_services IS
    'The services that a gateway may reach with it; NULL for a key without such a list.';
COMMENT ON COLUMN mcp.api_keys.is_active IS 'Whether it is accepted: false for one that was revoked.';
COMMENT ON COLUMN mcp.api_keys.expires_at IS
    'From this instant on it is not accepted; NULL for one that does not expire.';
COMMENT ON COLUMN mcp.api_keys.last_used_at IS 'When it was last used. Not a change that audit_log would keep.';
COMMENT ON COLUMN mcp.api_keys.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.api_keys.updated_at IS 'When the row was last changed; kept by a trigger.';

-- No foreign key to api_keys: what was done with a key outlives it, and each row would pay for the check.
CREATE TABLE mcp.api_key_usage (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    endpoint varchar(255),
    status_code integer,
    response_time_ms integer,
    ip_address inet,
    user_agent text,
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, used_at)
) PARTITION BY RANGE (used_at);
ALTER TABLE mcp.api_key_usage OWNER TO mcp_owner;
REVOKE ALL ON mcp.api_key_usage FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT ON mcp.api_key_usage TO mcp_application;
GRANT SELECT ON mcp.api_key_usage TO mcp_readonly;

ALTER TABLE mcp.api_key_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.api_key_usage
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX api_key_usage_tenant_idx ON mcp.api_key_usage (tenant_id, used_at DESC);
CREATE INDEX api_key_usage_key_idx ON mcp.api_key_usage (api_key_id, used_at DESC);

COMMENT ON TABLE mcp.api_key_usage IS
    'One row a use of a key. Rows are added, never changed. Partitioned by month of used_at, in UTC.';
COMMENT ON COLUMN mcp.api_key_usage.id IS 'Key, together with used_at.';
COMMENT ON COLUMN mcp.api_key_usage.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.api_key_usage.api_key_id IS 'The key that was used; it may have gone since.';
COMMENT ON COLUMN mcp.api_key_usage.endpoint IS 'What was called with it.';
COMMENT ON COLUMN mcp.api_key_usage.status_code IS 'What the caller was answered, as an HTTP status.';
COMMENT ON COLUMN mcp.api_key_usage.response_time_ms IS 'From request to answer, in milliseconds.';
COMMENT ON COLUMN mcp.api_key_usage.ip_address IS 'Where the request came from.';
COMMENT ON COLUMN mcp.api_key_usage.user_agent IS 'What the requesting program calls itself.';
COMMENT ON COLUMN mcp.api_key_usage.used_at IS 'When the key was used.';

-- SECURITY DEFINER: whoever authenticates has no tenant yet, so the policies would show no key; and no role may read
-- the hashes. What is found out is only what the holder of the key is told anyway.
-- row_security = off: a policy that binds the owner (FORCE) is an error, not a key that does not exist.
CREATE FUNCTION mcp.find_api_key(wanted_hash text)
RETURNS TABLE (
    id uuid,
    tenant_id uuid,
    user_id uuid,
    parent_key_id uuid,
    name varchar,
    key_type varchar,
    role varchar,
    scopes text[],
    allowed_services text[],
    expires_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
ROWS 1
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
    SELECT
        k.id, k.tenant_id, k.user_id, k.parent_key_id, k.name, k.key_type, k.role, k.scopes, k.allowed_services,
        k.expires_at
    FROM mcp.api_keys AS k
    WHERE k.key_hash = wanted_hash
        AND k.is_active
        AND (k.expires_at IS NULL OR k.expires_at > now())
        AND NOT EXISTS (
            SELECT FROM mcp.users AS u WHERE u.tenant_id = k.tenant_id AND u.id = k.user_id AND NOT u.is_active
        )
$$;
ALTER FUNCTION mcp.find_api_key(text) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.find_api_key(text) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO mcp_application;

COMMENT ON FUNCTION mcp.find_api_key(text) IS
    'The key whose hash is exactly this one, with its tenant and what it may do; no row when there is none, when it '
    'was revoked or has expired, or when its user may not act. Called before a tenant is set.';

CREATE TABLE mcp.tenant_config (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL UNIQUE,
    rate_limits jsonb NOT NULL DEFAULT '{}',
    features jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(features) = 'object'),
    allowed_origins text[] NOT NULL DEFAULT '{}',
    service_tokens jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(service_tokens) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_config_rate_limits CHECK (
        mcp.validate_jsonb_keys(
            rate_limits, '{}', '{requests_per_minute,requests_per_hour,requests_per_day,concurrent_requests}')
    )
);
ALTER TABLE mcp.tenant_config OWNER TO mcp_owner;
REVOKE ALL ON mcp.tenant_config FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.tenant_config TO mcp_application;
-- All but service_tokens.
GRANT SELECT (id, tenant_id, rate_limits, features, allowed_origins, created_at, updated_at) ON mcp.tenant_config
    TO mcp_readonly;

ALTER TABLE mcp.tenant_config ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.tenant_config
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE TRIGGER tenant_config_updated_at BEFORE UPDATE ON mcp.tenant_config
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.tenant_config IS
    'How the platform is set up for each tenant: one row a tenant, where anything differs from the defaults.';
COMMENT ON COLUMN mcp.tenant_config.id IS 'Key.';
COMMENT ON COLUMN mcp.tenant_config.tenant_id IS 'The tenant; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.tenant_config.rate_limits IS
    'Requests that the tenant may make, a JSON object; a key that is missing stands for no limit of its own.';
COMMENT ON COLUMN mcp.tenant_config.features IS 'What is switched on or off for the tenant, a JSON object.';
COMMENT ON COLUMN mcp.tenant_config.allowed_origins IS 'Origins from which browsers may call.';
COMMENT ON COLUMN mcp.tenant_config.service_tokens IS
    'Tokens for services that the platform calls for the tenant, encrypted by the platform: a JSON object by service.';
COMMENT ON COLUMN mcp.tenant_config.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.tenant_config.updated_at IS 'When the row was last changed; kept by a trigger.';

COMMENT ON CONSTRAINT tenant_config_rate_limits ON mcp.tenant_config IS
    'A limit under a misspelled name would limit nothing.';

CREATE TABLE mcp.workflows (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    type mcp.workflow_type NOT NULL DEFAULT 'sequential',
    status mcp.workflow_status NOT NULL DEFAULT 'draft',
    version integer NOT NULL DEFAULT 1,
    steps jsonb NOT NULL DEFAULT '[]',
    configuration jsonb NOT NULL DEFAULT '{}',
    created_by varchar(255),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.workflows OWNER TO mcp_owner;
REVOKE ALL ON mcp.workflows FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.workflows TO mcp_application;
GRANT SELECT ON mcp.workflows TO mcp_readonly;

ALTER TABLE mcp.workflows ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workflows
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workflows_tenant_idx ON mcp.workflows (tenant_id, name);
CREATE INDEX workflows_tenant_active_idx ON mcp.workflows (tenant_id, updated_at DESC)
    WHERE status IN ('active', 'paused');

CREATE TRIGGER workflows_updated_at BEFORE UPDATE ON mcp.workflows
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER workflows_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.workflows
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();

COMMENT ON TABLE mcp.workflows IS 'What agents do in several steps. Every change is kept in audit_log.';
COMMENT ON COLUMN mcp.workflows.id IS 'Key.';
COMMENT ON COLUMN mcp.workflows.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workflows.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.workflows.description IS 'What it is for.';
COMMENT ON COLUMN mcp.workflows.type IS 'How its steps follow each other.';
COMMENT ON COLUMN mcp.workflows.status IS 'Where it stands.';
COMMENT ON COLUMN mcp.workflows.version IS 'Counts up with each change of the steps, as its writer does.';
COMMENT ON COLUMN mcp.workflows.steps IS 'The steps: a JSON array, or an object by name.';
COMMENT ON COLUMN mcp.workflows.configuration IS 'What applies to all steps, a JSON object without secrets.';
COMMENT ON COLUMN mcp.workflows.created_by IS 'The user, agent or service that made it.';
COMMENT ON COLUMN mcp.workflows.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.workflows.updated_at IS 'When the row was last changed; kept by a trigger.';

-- The foreign key holds the tenant, too: no row can refer to another tenant's, which the policies would not notice.
CREATE TABLE mcp.workflow_executions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'active',
    triggered_by varchar(255),
    input jsonb NOT NULL DEFAULT '{}',
    output jsonb,
    error text,
    started_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, workflow_id) REFERENCES mcp.workflows (tenant_id, id)
);
ALTER TABLE mcp.workflow_executions OWNER TO mcp_owner;
REVOKE ALL ON mcp.workflow_executions FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.workflow_executions TO mcp_application;
GRANT SELECT ON mcp.workflow_executions TO mcp_readonly;

ALTER TABLE mcp.workflow_executions ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workflow_executions
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workflow_executions_workflow_idx ON mcp.workflow_executions (tenant_id, workflow_id, started_at DESC);
CREATE INDEX workflow_executions_unfinished_idx ON mcp.workflow_executions (tenant_id, started_at)
    WHERE completed_at IS NULL;

CREATE TRIGGER workflow_executions_updated_at BEFORE UPDATE ON mcp.workflow_executions
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.workflow_executions IS 'The runs of the workflows.';
COMMENT ON COLUMN mcp.workflow_executions.id IS 'Key.';
COMMENT ON COLUMN mcp.workflow_executions.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workflow_executions.workflow_id IS
    'The workflow that runs. It cannot be removed while its runs are kept.';
COMMENT ON COLUMN mcp.workflow_executions.status IS 'Where the run stands, as the platform names it.';
COMMENT ON COLUMN mcp.workflow_executions.triggered_by IS 'The user, agent or service that started it.';
COMMENT ON COLUMN mcp.workflow_executions.input IS 'What it was started with.';
COMMENT ON COLUMN mcp.workflow_executions.output IS 'What came of it; NULL until there is something.';
COMMENT ON COLUMN mcp.workflow_executions.error IS 'What went wrong, where something did.';
COMMENT ON COLUMN mcp.workflow_executions.started_at IS 'When it began.';
COMMENT ON COLUMN mcp.workflow_executions.completed_at IS 'When it ended, however it did; NULL while it runs.';
COMMENT ON COLUMN mcp.workflow_executions.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.workflow_executions.updated_at IS 'When the row was last changed; kept by a trigger.';

CREATE TABLE mcp.integrations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    type varchar(50),
    configuration jsonb NOT NULL DEFAULT '{}',
    credentials bytea,
    is_active boolean NOT NULL DEFAULT true,
    last_sync_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.integrations OWNER TO mcp_owner;
REVOKE ALL ON mcp.integrations FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.integrations TO mcp_application;
-- All but credentials.
GRANT SELECT (id, tenant_id, name, type, configuration, is_active, last_sync_at, created_at, updated_at)
    ON mcp.integrations TO mcp_readonly;

ALTER TABLE mcp.integrations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.integrations
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX integrations_tenant_idx ON mcp.integrations (tenant_id, type);
CREATE INDEX integrations_tenant_active_idx ON mcp.integrations (tenant_id, last_sync_at) WHERE is_active;

CREATE TRIGGER integrations_updated_at BEFORE UPDATE ON mcp.integrations
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.integrations IS 'Services outside that the tenants have connected.';
COMMENT ON COLUMN mcp.integrations.id IS 'Key.';
COMMENT ON COLUMN mcp.integrations.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.integrations.name IS 'What the tenant calls it.';
COMMENT ON COLUMN mcp.integrations.type IS 'What is connected, such as github or slack.';
COMMENT ON COLUMN mcp.integrations.configuration IS 'How it is reached, a JSON object without secrets.';
COMMENT ON COLUMN mcp.integrations.credentials IS 'What proves who the platform is there, encrypted by the platform.';
COMMENT ON COLUMN mcp.integrations.is_active IS 'Whether the platform uses it.';
COMMENT ON COLUMN mcp.integrations.last_sync_at IS 'When it was last read from or written to.';
COMMENT ON COLUMN mcp.integrations.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.integrations.updated_at IS 'When the row was last changed; kept by a trigger.';

CREATE TABLE mcp.webhook_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    organization_name varchar(255) NOT NULL,
    webhook_secret text NOT NULL,
    allowed_events text[] NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, organization_name)
);
ALTER TABLE mcp.webhook_configs OWNER TO mcp_owner;
REVOKE ALL ON mcp.webhook_configs FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.webhook_configs TO mcp_application;
-- All but webhook_secret.
GRANT SELECT (id, tenant_id, organization_name, allowed_events, is_active, created_at, updated_at)
    ON mcp.webhook_configs TO mcp_readonly;

ALTER TABLE mcp.webhook_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.webhook_configs
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX webhook_configs_active_idx ON mcp.webhook_configs (organization_name) WHERE is_active;

CREATE TRIGGER webhook_configs_updated_at BEFORE UPDATE ON mcp.webhook_configs
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.webhook_configs IS 'The organisations whose webhooks a tenant takes.';
COMMENT ON COLUMN mcp.webhook_configs.id IS 'Key.';
COMMENT ON COLUMN mcp.webhook_configs.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.webhook_configs.organization_name IS 'Who calls: the organisation, as its service names it.';
COMMENT ON COLUMN mcp.webhook_configs.webhook_secret IS
    'What the caller signs its calls with, encrypted by the platform.';
COMMENT ON COLUMN mcp.webhook_configs.allowed_events IS 'The kinds of events that are taken; empty for all.';
COMMENT ON COLUMN mcp.webhook_configs.is_active IS 'Whether calls are taken at all.';
COMMENT ON COLUMN mcp.webhook_configs.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.webhook_configs.updated_at IS 'When the row was last changed; kept by a trigger.';

CREATE TABLE mcp.events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    event_type varchar(100) NOT NULL,
    source varchar(255),
    payload jsonb NOT NULL DEFAULT '{}',
    processed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.events OWNER TO mcp_owner;
REVOKE ALL ON mcp.events FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.events TO mcp_application;
GRANT SELECT ON mcp.events TO mcp_readonly;

ALTER TABLE mcp.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.events
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX events_tenant_idx ON mcp.events (tenant_id, created_at DESC);
CREATE INDEX events_waiting_idx ON mcp.events (tenant_id, created_at) WHERE processed_at IS NULL;

COMMENT ON TABLE mcp.events IS 'What happened inside and outside, for the platform to deal with.';
COMMENT ON COLUMN mcp.events.id IS 'Key.';
COMMENT ON COLUMN mcp.events.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.events.event_type IS 'What happened, as the platform names it.';
COMMENT ON COLUMN mcp.events.source IS 'Where it comes from: an integration, an agent or a part of the platform.';
COMMENT ON COLUMN mcp.events.payload IS 'What is known of it.';
COMMENT ON COLUMN mcp.events.processed_at IS 'When it was dealt with; NULL while it waits.';
COMMENT ON COLUMN mcp.events.created_at IS 'When the row was made.';

CREATE TABLE mcp.embedding_models (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_version varchar(50) NOT NULL DEFAULT '',
    model_id varchar(255),
    model_type varchar(20) NOT NULL DEFAULT 'text' CHECK (model_type IN ('text', 'code', 'multimodal')),
    dimensions integer NOT NULL CHECK (dimensions BETWEEN 1 AND 4096),
    min_dimensions integer CHECK (min_dimensions BETWEEN 1 AND dimensions),
    max_tokens integer CHECK (max_tokens > 0),
    supports_binary boolean NOT NULL DEFAULT false,
    supports_dimensionality_reduction boolean NOT NULL DEFAULT false,
    cost_per_million_tokens numeric(10, 4) CHECK (cost_per_million_tokens >= 0),
    capabilities jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(capabilities) = 'object'),
    is_active boolean NOT NULL DEFAULT true,
    deprecated_at timestamptz,
    sunset_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, model_name, model_version)
);
ALTER TABLE mcp.embedding_models OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_models FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.embedding_models TO mcp_application, mcp_readonly;

CREATE INDEX embedding_models_active_idx ON mcp.embedding_models (model_type, provider, model_name) WHERE is_active;

CREATE TRIGGER embedding_models_updated_at BEFORE UPDATE ON mcp.embedding_models
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.embedding_models IS
    'The registry of embedding models, shared by all tenants: what each can do, what it costs, and until when.';
COMMENT ON COLUMN mcp.embedding_models.id IS 'Key.';
COMMENT ON COLUMN mcp.embedding_models.provider IS 'Who serves the model, such as openai or bedrock.';
COMMENT ON COLUMN mcp.embedding_models.model_name IS 'The model''s name at its provider.';
COMMENT ON COLUMN mcp.embedding_models.model_version IS
    'The provider''s version of the model; empty, never NULL, where there is none, so that the key stays unique.';
COMMENT ON COLUMN mcp.embedding_models.model_id IS 'What the provider''s interface wants as the model''s identifier.';
COMMENT ON COLUMN mcp.embedding_models.model_type IS 'What the model embeds: text, code or multimodal.';
COMMENT ON COLUMN mcp.embedding_models.dimensions IS 'Dimensions of its vectors, 1 to 4096.';
COMMENT ON COLUMN mcp.embedding_models.min_dimensions IS
    'Fewest dimensions that it can be asked for, where it supports a reduction.';
COMMENT ON COLUMN mcp.embedding_models.max_tokens IS 'Longest input, in tokens of the model.';
COMMENT ON COLUMN mcp.embedding_models.supports_binary IS 'Whether it can return binary vectors.';
COMMENT ON COLUMN mcp.embedding_models.supports_dimensionality_reduction IS
    'Whether it can be asked for fewer dimensions.';
COMMENT ON COLUMN mcp.embedding_models.cost_per_million_tokens IS 'Price of a million input tokens, in US dollars.';
COMMENT ON COLUMN mcp.embedding_models.capabilities IS 'Further properties, a JSON object.';
COMMENT ON COLUMN mcp.embedding_models.is_active IS 'Whether callers may pick it.';
COMMENT ON COLUMN mcp.embedding_models.deprecated_at IS 'From this instant on, new work should not pick it.';
COMMENT ON COLUMN mcp.embedding_models.sunset_at IS 'From this instant on, its provider no longer serves it.';
COMMENT ON COLUMN mcp.embedding_models.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.embedding_models.updated_at IS 'When the row was last changed; kept by a trigger.';

-- Everything of embeddings but its vectors, which the next migration adds: their type lives wherever pgvector does.
CREATE TABLE mcp.embeddings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    context_id uuid,
    content_index integer NOT NULL DEFAULT 0,
    chunk_index integer NOT NULL DEFAULT 0,
    content text NOT NULL,
    content_hash varchar(128),
    agent_id varchar(255),
    task_type varchar(50),
    model_id uuid REFERENCES mcp.embedding_models (id),
    model_provider varchar(50),
    model_name varchar(100),
    model_dimensions integer,
    magnitude double precision CHECK (magnitude >= 0),
    cost_usd numeric(10, 6) CHECK (cost_usd >= 0),
    generation_time_ms integer CHECK (generation_time_ms >= 0),
    content_tsvector tsvector,
    document_length integer CHECK (document_length >= 0),
    term_frequencies jsonb,
    idf_scores jsonb,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.embeddings OWNER TO mcp_owner;
REVOKE ALL ON mcp.embeddings FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.embeddings TO mcp_application;
GRANT SELECT ON mcp.embeddings TO mcp_readonly;

ALTER TABLE mcp.embeddings ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embeddings
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embeddings_tenant_idx ON mcp.embeddings (tenant_id, created_at DESC);
CREATE INDEX embeddings_tenant_hash_idx ON mcp.embeddings (tenant_id, content_hash) WHERE content_hash IS NOT NULL;
CREATE INDEX embeddings_tenant_agent_idx ON mcp.embeddings (tenant_id, agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX embeddings_context_idx ON mcp.embeddings (tenant_id, context_id, content_index, chunk_index);
CREATE INDEX embeddings_model_idx ON mcp.embeddings (model_id);
CREATE INDEX embeddings_content_tsvector_idx ON mcp.embeddings USING gin (content_tsvector);

CREATE TRIGGER embeddings_updated_at BEFORE UPDATE ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.embeddings IS
    'Documents (chunks of content) of the tenants, with their vectors and what full-text search needs of them.';
COMMENT ON COLUMN mcp.embeddings.id IS 'Key.';
COMMENT ON COLUMN mcp.embeddings.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embeddings.context_id IS 'The context that the content comes from. A note, no foreign key.';
COMMENT ON COLUMN mcp.embeddings.content_index IS 'Position of the content in its context, from 0.';
COMMENT ON COLUMN mcp.embeddings.chunk_index IS 'Position of the chunk in its content, from 0.';
COMMENT ON COLUMN mcp.embeddings.content IS 'The text.';
COMMENT ON COLUMN mcp.embeddings.content_hash IS 'Hash of the content, as its writer computes it.';
COMMENT ON COLUMN mcp.embeddings.agent_id IS 'The agent that wrote it.';
COMMENT ON COLUMN mcp.embeddings.task_type IS 'What kind of task the vector was made for, as its writer names it.';
COMMENT ON COLUMN mcp.embeddings.model_id IS
    'The model that made the vector; NULL while the row has none. Only rows of one model can be compared.';
COMMENT ON COLUMN mcp.embeddings.model_provider IS 'Provider of that model when the vector was made.';
COMMENT ON COLUMN mcp.embeddings.model_name IS 'Name of that model when the vector was made.';
COMMENT ON COLUMN mcp.embeddings.model_dimensions IS
    'How many dimensions of the vector are the model''s; the others are padding.';
COMMENT ON COLUMN mcp.embeddings.magnitude IS 'Euclidean length of the vector before it was normalised.';
COMMENT ON COLUMN mcp.embeddings.cost_usd IS 'What making the vector cost, in US dollars.';
COMMENT ON COLUMN mcp.embeddings.generation_time_ms IS 'How long making the vector took, in milliseconds.';
COMMENT ON COLUMN mcp.embeddings.content_tsvector IS
    'The content''s lexemes and positions by the configuration pg_catalog.english; kept by a trigger.';
COMMENT ON COLUMN mcp.embeddings.document_length IS 'Number of positions in content_tsvector; kept by a trigger.';
COMMENT ON COLUMN mcp.embeddings.term_frequencies IS
    'A JSON object, lexeme to its number of positions in content_tsvector; kept by a trigger.';
COMMENT ON COLUMN mcp.embeddings.idf_scores IS
    'Always NULL: an inverse document frequency stored with a document is stale at the next insert. It is computed '
    'on read from embedding_term_statistics.';
COMMENT ON COLUMN mcp.embeddings.metadata IS
    'A JSON object of the writer''s. The key content_tsvector_truncated is the trigger''s: true when the content was '
    'too long for a tsvector and content_tsvector holds only its beginning. What is no object has no such key.';
COMMENT ON COLUMN mcp.embeddings.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.embeddings.updated_at IS 'When the row was last changed; kept by a trigger.';

-- The pinned search_path names no schema, so the type and the operator class of pgvector are written with theirs.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
BEGIN
    EXECUTE format(
        'ALTER TABLE mcp.embeddings ADD COLUMN embedding %1$I.vector(4096), '
        'ADD COLUMN normalized_embedding %1$I.vector(1536), '
        'ADD COLUMN projection_id uuid', home);

    -- Made empty, which pgvector remarks upon; the lists are worth rebuilding once the table has its rows.
    EXECUTE format(
        'CREATE INDEX embeddings_normalized_embedding_idx ON mcp.embeddings '
        'USING ivfflat (normalized_embedding %1$I.vector_cosine_ops) WITH (lists = 100)', home);
END
$$;

CREATE INDEX embeddings_not_normalized_idx ON mcp.embeddings (model_id, created_at)
    WHERE embedding IS NOT NULL AND normalized_embedding IS NULL;

COMMENT ON COLUMN mcp.embeddings.embedding IS
    'The model''s vector, padded with zeros to 4096 dimensions. Not indexed: pgvector indexes at most 2,000. Without '
    'its model (model_id, model_dimensions) it can be compared with nothing, so search never finds it.';
COMMENT ON COLUMN mcp.embeddings.normalized_embedding IS
    'What search compares: normalize_embedding(embedding, model_dimensions, model_id), the model''s own dimensions '
    'divided by their Euclidean length and padded with zeros to 1536. NULL while not computed, for a zero vector, and '
    'for more than 1536 dimensions without an active projection matrix. An UPDATE of any of these derives it anew.';
COMMENT ON COLUMN mcp.embeddings.projection_id IS
    'Which of projection_matrices made normalized_embedding; NULL where none was needed. Search compares rows of the '
    'matrix that is active. A note, no foreign key: a matrix may be removed, and its rows are then not found.';
COMMENT ON INDEX mcp.embeddings_normalized_embedding_idx IS
    'Cosine search. A search filtered by tenant needs ivfflat.iterative_scan, or it finds too little.';

-- Optional: substring search over the content, where pg_trgm is present.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_trgm'
    );
BEGIN
    IF home IS NOT NULL THEN
        EXECUTE format(
            'CREATE INDEX embeddings_content_trigram_idx ON mcp.embeddings USING gin (content %I.gin_trgm_ops)', home);
    END IF;
END
$$;

-- A text whose tsvector would pass 1 MB must not fail its INSERT: it is cut at a word boundary until it fits, and
-- the row says so. Only a text long enough to fail pays for the subtransaction that catches the failure: a word
-- takes, beside its own bytes, at most five more than its share of the text, and a compound is stored whole and in
-- parts, so 128 KiB never reach 1 MB.
CREATE FUNCTION mcp.update_content_tsvector() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    never_too_long constant integer := 131072;
    -- No more than this many characters are parsed at all: the parser's time and memory need a bound, too.
    longest_parsed constant integer := 4194304;
    -- Longer than the longest word that is indexed (2,046 bytes): a tail without any boundary is no word anyway.
    tail_length constant integer := 2100;
    indexed text := NEW.content;
    tail text;
BEGIN
    IF octet_length(indexed) <= never_too_long THEN
        NEW.content_tsvector := to_tsvector('pg_catalog.english'::regconfig, indexed);
    ELSE
        indexed := left(indexed, longest_parsed);
        LOOP
            IF length(indexed) < length(NEW.content) THEN
                tail := right(indexed, tail_length);
                indexed := left(indexed,
                    - length(coalesce(substring(tail FROM '\s\S*$'), substring(tail FROM '\W\w*$'), '')));
            END IF;
            BEGIN
                NEW.content_tsvector := to_tsvector('pg_catalog.english'::regconfig, indexed);
                EXIT;
            EXCEPTION WHEN program_limit_exceeded THEN
                indexed := left(indexed, least(length(indexed) / 4 * 3, 1048576));
            END;
        END LOOP;
    END IF;

    -- Metadata from before that are no object can hold no flag, and stay as they are.
    IF jsonb_typeof(NEW.metadata) <> 'object' THEN
        NULL;
    ELSIF length(indexed) < length(NEW.content) THEN
        NEW.metadata := NEW.metadata || '{"content_tsvector_truncated": true}';
    ELSE
        NEW.metadata := NEW.metadata - 'content_tsvector_truncated';
    END IF;

    SELECT
        coalesce(sum(cardinality(l.positions)), 0),
        coalesce(jsonb_object_agg(l.lexeme, cardinality(l.positions)), '{}')
    INTO NEW.document_length, NEW.term_frequencies
    FROM unnest(NEW.content_tsvector) AS l;

    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_content_tsvector() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_content_tsvector() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_content_tsvector() IS
    'Trigger of embeddings: derives content_tsvector, document_length and term_frequencies from content, whatever '
    'the writer gave for them. A content too long for a tsvector is cut for it at a word boundary and flagged in the '
    'metadata (content_tsvector_truncated) where these are an object.';

CREATE TRIGGER embeddings_content_tsvector
    BEFORE INSERT OR UPDATE OF content, content_tsvector, document_length, term_frequencies ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_content_tsvector();
COMMENT ON TRIGGER embeddings_content_tsvector ON mcp.embeddings IS
    'Keeps what full-text search needs equal to the content.';

-- Metadata change often and belong to the writer: only a flag that was lost or forged is worth a new derivation.
CREATE TRIGGER embeddings_content_truncated
    BEFORE UPDATE OF metadata ON mcp.embeddings
    FOR EACH ROW
    WHEN (
        (OLD.metadata -> 'content_tsvector_truncated') IS DISTINCT FROM (NEW.metadata -> 'content_tsvector_truncated')
    )
    EXECUTE FUNCTION mcp.update_content_tsvector();
COMMENT ON TRIGGER embeddings_content_truncated ON mcp.embeddings IS
    'Puts the flag content_tsvector_truncated back when an update of the metadata changes it.';

CREATE TABLE mcp.embedding_statistics (
    tenant_id uuid PRIMARY KEY,
    total_documents bigint NOT NULL DEFAULT 0 CHECK (total_documents >= 0),
    avg_document_length numeric CHECK (avg_document_length >= 0),
    term_document_frequencies jsonb NOT NULL DEFAULT '{}',
    last_updated timestamptz NOT NULL DEFAULT now(),
    CHECK ((total_documents = 0) = (avg_document_length IS NULL))
);
ALTER TABLE mcp.embedding_statistics OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_statistics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.embedding_statistics TO mcp_application, mcp_readonly;

ALTER TABLE mcp.embedding_statistics ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_statistics
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

COMMENT ON TABLE mcp.embedding_statistics IS
    'Per tenant, what BM25 needs of the whole corpus. Written by update_embedding_statistics(), together with '
    'embedding_term_statistics: a reader sees both as counted from one snapshot.';
COMMENT ON COLUMN mcp.embedding_statistics.tenant_id IS 'The tenant.';
COMMENT ON COLUMN mcp.embedding_statistics.total_documents IS
    'Documents of the tenant with at least one lexeme in content_tsvector.';
COMMENT ON COLUMN mcp.embedding_statistics.avg_document_length IS
    'Average number of positions of these documents; NULL, never NaN, when there is none.';
COMMENT ON COLUMN mcp.embedding_statistics.term_document_frequencies IS
    'A JSON object, lexeme to the number of documents that contain it, of the 1,000 most frequent lexemes (of equally '
    'frequent ones the first in byte order). All of them are in embedding_term_statistics.';
COMMENT ON COLUMN mcp.embedding_statistics.last_updated IS
    'Start of the transaction that counted: everything committed before it is in the figures.';

-- No foreign key to embedding_statistics: it would be checked once a term, millions of times in a first build.
-- A tenant whose row is gone while terms are left is counted again like any other, which clears them.
CREATE TABLE mcp.embedding_term_statistics (
    tenant_id uuid NOT NULL,
    term text COLLATE "C" NOT NULL,
    document_count bigint NOT NULL CHECK (document_count > 0),
    PRIMARY KEY (tenant_id, term) INCLUDE (document_count)
);
ALTER TABLE mcp.embedding_term_statistics OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_term_statistics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.embedding_term_statistics TO mcp_application, mcp_readonly;

ALTER TABLE mcp.embedding_term_statistics ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_term_statistics
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

COMMENT ON TABLE mcp.embedding_term_statistics IS
    'Per tenant and lexeme, how many documents contain it. Written by update_embedding_statistics(), together with '
    'embedding_statistics.';
COMMENT ON COLUMN mcp.embedding_term_statistics.tenant_id IS 'The tenant.';
COMMENT ON COLUMN mcp.embedding_term_statistics.term IS
    'The lexeme, as in content_tsvector. Compared byte by byte: a lexeme has no language.';
COMMENT ON COLUMN mcp.embedding_term_statistics.document_count IS
    'Documents of the tenant that contain it: at least 1, at most total_documents.';

-- The body is sql/run/statistics/lock.sql and publish.sql with the names of this schema: a test compares.
--
-- SECURITY DEFINER: the figures must be counted by a role that row-level security does not bind, without giving the
-- caller every tenant's documents to read. row_security = off turns a policy that binds the owner after all (FORCE)
-- into an error instead of a smaller count. A plan is made for each call, since tenants differ by orders of
-- magnitude; what the body sets for its planner ends with the call, since the function sets it too.
CREATE FUNCTION mcp.update_embedding_statistics(
    tenant uuid,
    OUT total_documents bigint,
    OUT avg_document_length numeric,
    OUT total_terms bigint,
    OUT terms_written bigint,
    OUT terms_removed bigint
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan
AS $$
-- Takes the tenant's row of the target until the transaction ends, and makes it where it is missing (WHERE false: an
-- existing row is locked, not written). First of the two statements that publish a tenant's corpus statistics, both in
-- one READ COMMITTED transaction: the second takes its snapshot after this lock, so of two sessions the one that
-- publishes later has also counted later. It also turns nested loops off for the rest of the transaction: the planner
-- cannot guess how many terms a corpus has, and a nested loop over two lists of terms takes hours where a hash takes
-- a second. Comments here hold neither placeholders nor parameters: what is put in for them may hold a line break.
INSERT INTO mcp.embedding_statistics
    (tenant_id, total_documents, avg_document_length, term_document_frequencies, last_updated)
SELECT $1, 0, NULL, pg_catalog.jsonb_build_object(), pg_catalog.now()
FROM (SELECT pg_catalog.set_config('enable_nestloop', 'off', true)) AS planner
ON CONFLICT (tenant_id) DO UPDATE SET total_documents = EXCLUDED.total_documents
WHERE false;
-- Counts the corpus of a tenant, the parameter, and publishes it, in one statement and so from one snapshot. Run after
-- corpus_lock, in the same transaction. The parameter is sent without a type: its first use gives it that of the
-- tenant's column. Every name is qualified, as the search_path is that of the owner of the corpus, for his triggers: on it
-- a function or an operator of just these types would be taken for the built-in one.
WITH population AS (
    -- A document is a row with at least one lexeme; NULL and empty tsvectors are none.
    SELECT pg_catalog.count(*) AS documents
    FROM mcp.embeddings AS d
    WHERE d.tenant_id OPERATOR(pg_catalog.=) $1
        AND pg_catalog.length(d.content_tsvector) OPERATOR(pg_catalog.>) 0
),
counted AS MATERIALIZED (
    SELECT
        l.lexeme AS term, pg_catalog.count(*) AS documents,
        pg_catalog.sum(coalesce(pg_catalog.cardinality(l.positions), 0)) AS positions
    FROM mcp.embeddings AS d
    CROSS JOIN LATERAL pg_catalog.unnest(d.content_tsvector) AS l
    WHERE d.tenant_id OPERATOR(pg_catalog.=) $1
    GROUP BY l.lexeme
),
totals AS (
    SELECT
        p.documents,
        (SELECT pg_catalog.sum(c.positions) FROM counted AS c)
        OPERATOR(pg_catalog./) CASE WHEN p.documents OPERATOR(pg_catalog.>) 0 THEN p.documents END AS average
    FROM population AS p
),
-- The terms whose count is not what the table says; NULL documents: no document contains the term any more.
difference AS MATERIALIZED (
    SELECT coalesce(c.term, k.term) AS term, c.documents
    FROM counted AS c
    FULL JOIN (
        SELECT t.term AS term, t.document_count AS documents
        FROM mcp.embedding_term_statistics AS t
        WHERE t.tenant_id OPERATOR(pg_catalog.=) $1
    ) AS k ON k.term OPERATOR(pg_catalog.=) c.term COLLATE pg_catalog."C"
    WHERE (c.documents OPERATOR(pg_catalog.=) k.documents) IS NOT TRUE
),
removed AS (
    DELETE FROM mcp.embedding_term_statistics AS t
    USING difference AS d
    WHERE t.tenant_id OPERATOR(pg_catalog.=) $1
        AND t.term OPERATOR(pg_catalog.=) d.term COLLATE pg_catalog."C" AND d.documents IS NULL
    RETURNING 1
),
written AS (
    INSERT INTO mcp.embedding_term_statistics (tenant_id, term, document_count)
    SELECT $1, d.term, d.documents
    FROM difference AS d
    WHERE d.documents IS NOT NULL
    ORDER BY d.term COLLATE pg_catalog."C"
    ON CONFLICT (tenant_id, term) DO UPDATE SET document_count = EXCLUDED.document_count
    RETURNING 1
),
published_terms AS (
    SELECT c.term, c.documents
    FROM counted AS c
    ORDER BY c.documents DESC, c.term COLLATE pg_catalog."C"
    LIMIT 1000
),
published AS (
    INSERT INTO mcp.embedding_statistics AS s
        (tenant_id, total_documents, avg_document_length, term_document_frequencies, last_updated)
    SELECT
        $1, n.documents, n.average,
        coalesce(
            (SELECT pg_catalog.jsonb_object_agg(p.term, p.documents) FROM published_terms AS p),
            pg_catalog.jsonb_build_object()
        ),
        pg_catalog.now()
    FROM totals AS n
    ON CONFLICT (tenant_id) DO UPDATE SET
        total_documents = EXCLUDED.total_documents,
        avg_document_length = EXCLUDED.avg_document_length,
        -- The old value again where nothing changed: it stays where it is on disk.
        term_document_frequencies = CASE
            WHEN s.term_document_frequencies OPERATOR(pg_catalog.=) EXCLUDED.term_document_frequencies THEN s.term_document_frequencies
            ELSE EXCLUDED.term_document_frequencies
        END,
        last_updated = EXCLUDED.last_updated
)
SELECT
    n.documents AS total_documents,
    n.average AS avg_document_length,
    (SELECT pg_catalog.count(*) FROM counted) AS total_terms,
    (SELECT pg_catalog.count(*) FROM written) AS terms_written,
    (SELECT pg_catalog.count(*) FROM removed) AS terms_removed
FROM totals AS n;
$$;
ALTER FUNCTION mcp.update_embedding_statistics(uuid) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_embedding_statistics(uuid) FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_embedding_statistics(uuid) IS
    'Counts the tenant''s documents and publishes embedding_statistics and embedding_term_statistics, both from one '
    'snapshot; returns what was published and how many term rows changed. A tenant without documents keeps its row, '
    'at 0 with a NULL average. Two calls for one tenant wait for each other, and the later one counts later.';

CREATE TABLE mcp.embedding_cache (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    cache_key varchar(255) NOT NULL,
    embedding_id uuid NOT NULL,
    hit_count bigint NOT NULL DEFAULT 0 CHECK (hit_count >= 0),
    last_accessed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, cache_key),
    FOREIGN KEY (tenant_id, embedding_id) REFERENCES mcp.embeddings (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE mcp.embedding_cache OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_cache FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.embedding_cache TO mcp_application;
GRANT SELECT ON mcp.embedding_cache TO mcp_readonly;

ALTER TABLE mcp.embedding_cache ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_cache
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embedding_cache_embedding_idx ON mcp.embedding_cache (tenant_id, embedding_id);
CREATE INDEX embedding_cache_expires_idx ON mcp.embedding_cache (expires_at) WHERE expires_at IS NOT NULL;

COMMENT ON TABLE mcp.embedding_cache IS
    'Which embedding answers a request that was made before, so that the provider is not asked, and paid, again.';
COMMENT ON COLUMN mcp.embedding_cache.id IS 'Key.';
COMMENT ON COLUMN mcp.embedding_cache.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embedding_cache.cache_key IS
    'What identifies the request, as the platform builds it; unique within the tenant.';
COMMENT ON COLUMN mcp.embedding_cache.embedding_id IS 'The embedding; its row takes this one with it.';
COMMENT ON COLUMN mcp.embedding_cache.hit_count IS 'How often it answered.';
COMMENT ON COLUMN mcp.embedding_cache.last_accessed_at IS 'When it last answered, or was made.';
COMMENT ON COLUMN mcp.embedding_cache.expires_at IS 'From this instant on the row may be removed; NULL: never.';
COMMENT ON COLUMN mcp.embedding_cache.created_at IS 'When the row was made.';

CREATE TABLE mcp.embedding_searches (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    query_text text,
    model_id uuid REFERENCES mcp.embedding_models (id),
    method varchar(20) NOT NULL CHECK (method IN ('text', 'vector', 'hybrid')),
    filters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(filters) = 'object'),
    results jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(results) = 'array'),
    latency_ms integer CHECK (latency_ms >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.embedding_searches OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_searches FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, DELETE ON mcp.embedding_searches TO mcp_application;
GRANT SELECT ON mcp.embedding_searches TO mcp_readonly;

ALTER TABLE mcp.embedding_searches ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_searches
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embedding_searches_tenant_idx ON mcp.embedding_searches (tenant_id, created_at DESC);
CREATE INDEX embedding_searches_model_idx ON mcp.embedding_searches (model_id);

COMMENT ON TABLE mcp.embedding_searches IS
    'A log of searches, written by the platform: search_embeddings() only reads.';
COMMENT ON COLUMN mcp.embedding_searches.id IS 'Key.';
COMMENT ON COLUMN mcp.embedding_searches.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embedding_searches.agent_id IS 'The agent that searched.';
COMMENT ON COLUMN mcp.embedding_searches.query_text IS 'The text searched for; NULL where only a vector was given.';
COMMENT ON COLUMN mcp.embedding_searches.model_id IS
    'The model of the vector searched for; NULL for a search by text alone.';
COMMENT ON COLUMN mcp.embedding_searches.method IS 'How it was searched: text, vector or hybrid.';
COMMENT ON COLUMN mcp.embedding_searches.filters IS 'What narrowed the search, a JSON object.';
COMMENT ON COLUMN mcp.embedding_searches.results IS
    'What was found, best first: a JSON array, as the platform writes it.';
COMMENT ON COLUMN mcp.embedding_searches.latency_ms IS 'How long the search took, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_searches.created_at IS 'When it was searched.';

-- A CHECK takes no subquery, and pgvector keeps no count of dimensions in an array's type.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
BEGIN
    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.is_projection_matrix(matrix %1$I.vector[], row_count integer, row_dimensions integer)
            RETURNS boolean
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            SET search_path = pg_catalog, pg_temp
            AS $function$
                SELECT coalesce(array_ndims(matrix) = 1 AND cardinality(matrix) = row_count AND (
                    SELECT bool_and(r IS NOT NULL AND %1$I.vector_dims(r) = row_dimensions) FROM unnest(matrix) AS r
                ), false)
            $function$;
            ALTER FUNCTION mcp.is_projection_matrix(%1$I.vector[], integer, integer) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.is_projection_matrix(%1$I.vector[], integer, integer)
                FROM PUBLIC, mcp_application, mcp_readonly;
            COMMENT ON FUNCTION mcp.is_projection_matrix(%1$I.vector[], integer, integer) IS
                'Whether the array holds that many vectors of that many dimensions each: a matrix by its rows.'
        $statement$, home);
END
$$;

-- No tenant_id: like the registry of models, matrices are shared by all tenants and hold nothing of any.
CREATE TABLE mcp.projection_matrices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    from_model uuid NOT NULL REFERENCES mcp.embedding_models (id),
    to_model uuid REFERENCES mcp.embedding_models (id),
    from_dimensions integer NOT NULL CHECK (from_dimensions BETWEEN 1 AND 4096),
    to_dimensions integer NOT NULL CHECK (to_dimensions BETWEEN 1 AND 1536),
    accuracy_score double precision CHECK (accuracy_score BETWEEN 0 AND 1),
    training_method varchar(50),
    training_samples bigint CHECK (training_samples >= 0),
    trained_at timestamptz,
    is_active boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.projection_matrices OWNER TO mcp_owner;
REVOKE ALL ON mcp.projection_matrices FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.projection_matrices TO mcp_application, mcp_readonly;

-- One vector a row of the matrix: a projection is then one inner product a row, in pgvector's own code. Unnesting
-- the millions of numbers of a flat array takes a second.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
BEGIN
    EXECUTE format(
        $statement$
            ALTER TABLE mcp.projection_matrices ADD COLUMN matrix %1$I.vector[] NOT NULL
                CONSTRAINT projection_matrices_matrix_shape
                CHECK (mcp.is_projection_matrix(matrix, to_dimensions, from_dimensions))
        $statement$, home);
END
$$;

-- Random numbers do not compress; the attempt would be made at each write.
ALTER TABLE mcp.projection_matrices ALTER COLUMN matrix SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX projection_matrices_active_idx ON mcp.projection_matrices (from_model, from_dimensions)
    WHERE is_active;
CREATE INDEX projection_matrices_from_model_idx ON mcp.projection_matrices (from_model);
CREATE INDEX projection_matrices_to_model_idx ON mcp.projection_matrices (to_model);

CREATE TRIGGER projection_matrices_updated_at BEFORE UPDATE ON mcp.projection_matrices
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.projection_matrices IS
    'How vectors of more than 1536 dimensions are brought to fewer, so that they can be indexed; shared by all '
    'tenants.';
COMMENT ON COLUMN mcp.projection_matrices.id IS 'Key.';
COMMENT ON COLUMN mcp.projection_matrices.from_model IS 'The model whose vectors it projects.';
COMMENT ON COLUMN mcp.projection_matrices.to_model IS
    'The model in whose space the projected vectors are; NULL for a space of its own. Search compares rows of one '
    'model only, in either case.';
COMMENT ON COLUMN mcp.projection_matrices.from_dimensions IS 'Dimensions of the vectors it takes.';
COMMENT ON COLUMN mcp.projection_matrices.to_dimensions IS
    'Dimensions of the vectors it gives, at most 1536: those of normalized_embedding.';
COMMENT ON COLUMN mcp.projection_matrices.matrix IS
    'The matrix by its rows: to_dimensions vectors of from_dimensions each. It does not change.';
COMMENT ON COLUMN mcp.projection_matrices.accuracy_score IS
    'How well it keeps what matters, 0 to 1, as its maker measured it.';
COMMENT ON COLUMN mcp.projection_matrices.training_method IS 'How it was made, such as pca.';
COMMENT ON COLUMN mcp.projection_matrices.training_samples IS 'From how many vectors it was made.';
COMMENT ON COLUMN mcp.projection_matrices.trained_at IS 'When it was made.';
COMMENT ON COLUMN mcp.projection_matrices.is_active IS
    'Whether it is the one in use: at most one for a model and its number of dimensions. Search finds no row that '
    'another matrix projected, until it is normalised again.';
COMMENT ON COLUMN mcp.projection_matrices.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.projection_matrices.updated_at IS 'When the row was last changed; kept by a trigger.';

CREATE FUNCTION mcp.validate_projection_matrix() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (NEW.from_model, NEW.from_dimensions, NEW.to_dimensions, NEW.matrix)
        IS DISTINCT FROM (OLD.from_model, OLD.from_dimensions, OLD.to_dimensions, OLD.matrix)
    THEN
        RAISE EXCEPTION 'projection matrix % cannot be changed: rows that it projected would pass for rows of another',
            OLD.id
            USING ERRCODE = 'object_not_in_prerequisite_state', SCHEMA = 'mcp', TABLE = 'projection_matrices',
                HINT = 'Insert another, make it the active one, and normalise the rows of the model again.';
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.validate_projection_matrix() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_projection_matrix() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_projection_matrix() IS
    'Trigger of projection_matrices, BEFORE UPDATE: refuses another matrix, model or number of dimensions under the '
    'same id (55000), since embeddings name by projection_id what projected them.';

CREATE TRIGGER projection_matrices_unchanged
    BEFORE UPDATE OF from_model, from_dimensions, to_dimensions, matrix ON mcp.projection_matrices
    FOR EACH ROW EXECUTE FUNCTION mcp.validate_projection_matrix();
COMMENT ON TRIGGER projection_matrices_unchanged ON mcp.projection_matrices IS
    'A matrix stays what it was when rows were projected by it.';

-- ln(1 + x) and not ln(x): it never is negative, so a term that most documents contain costs no document its rank.
-- With k1 = 0 the frequency in the document does not count: the score is then the idf alone.
CREATE FUNCTION mcp.bm25_score(
    term_frequency double precision,
    document_frequency double precision,
    document_length double precision,
    average_length double precision,
    total_documents double precision,
    k1 double precision DEFAULT 1.2,
    b double precision DEFAULT 0.75
) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    documents constant double precision := greatest(coalesce(total_documents, 0), 0);
    containing constant double precision := least(greatest(coalesce(document_frequency, 0), 0), documents);
    relative_length constant double precision :=
        CASE WHEN document_length >= 0 AND average_length > 0 THEN document_length / average_length ELSE 1 END;
BEGIN
    IF 'NaN' = ANY (ARRAY[
        term_frequency, document_frequency, document_length, average_length, total_documents, k1, b]) THEN
        RAISE EXCEPTION 'BM25 takes no NaN'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF k1 IS NULL OR b IS NULL OR k1 < 0 OR b < 0 OR b > 1 THEN
        RAISE EXCEPTION 'BM25 needs k1 of at least 0 and b from 0 to 1, not % and %', k1, b
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF term_frequency IS NULL OR term_frequency <= 0 THEN
        RETURN 0;
    END IF;
    RETURN ln(1 + (documents - containing + 0.5) / (containing + 0.5))
        * term_frequency * (k1 + 1) / (term_frequency + k1 * (1 - b + b * relative_length));
END
$$;
ALTER FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) IS
    'BM25 of one term in one document; the score of a document is the sum over the terms of the query. 0 where the '
    'document does not contain the term. An unknown document frequency or number of documents counts as 0; without '
    'a length or an average the document counts as of average length.';

CREATE FUNCTION mcp.reciprocal_rank_fusion(ranks bigint[], k double precision DEFAULT 60) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    score double precision := 0;
    rank bigint;
BEGIN
    IF k IS NULL OR k < 0 OR k = 'NaN' THEN
        RAISE EXCEPTION 'reciprocal rank fusion needs k of at least 0, not %', k
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOREACH rank IN ARRAY coalesce(ranks, '{}')
    LOOP
        IF rank < 1 THEN
            RAISE EXCEPTION 'a rank is a number from 1 on, not %', rank
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF rank IS NOT NULL THEN
            score := score + 1 / (k + rank);
        END IF;
    END LOOP;
    RETURN score;
END
$$;
ALTER FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision)
    FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision) IS
    'The sum of 1 / (k + rank) over the lists that a document is in. One element a list: its rank there, from 1, or '
    'NULL where the list does not have it. 0 for a document in no list.';

-- STABLE: called in one query beside normalize_embedding(), it tells the very matrix that made the vector.
CREATE FUNCTION mcp.active_projection(model uuid, model_dimensions integer) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.id
    FROM mcp.projection_matrices AS p
    WHERE p.from_model = model AND p.from_dimensions = model_dimensions AND p.is_active AND model_dimensions > 1536
$$;
ALTER FUNCTION mcp.active_projection(uuid, integer) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.active_projection(uuid, integer) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.active_projection(uuid, integer) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.active_projection(uuid, integer) IS
    'The projection matrix that vectors of that model with that many dimensions go through; NULL where none is needed '
    '(up to 1536 dimensions), and where none is active.';

-- The pinned search_path names no schema, so what is pgvector's is written with the schema it lives in.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
BEGIN
    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.normalize_embedding(
                embedding %1$I.vector, model_dimensions integer, model uuid DEFAULT NULL
            ) RETURNS %1$I.vector
            LANGUAGE plpgsql STABLE PARALLEL SAFE
            SET search_path = pg_catalog, pg_temp
            AS $function$
            DECLARE
                indexed_dimensions constant integer := 1536;
                own %1$I.vector;
                missing integer;
            BEGIN
                IF embedding IS NULL OR model_dimensions IS NULL OR model_dimensions < 1
                    OR model_dimensions > %1$I.vector_dims(embedding)
                THEN
                    RETURN NULL;
                END IF;
                own := %1$I.subvector(embedding, 1, model_dimensions);

                IF model_dimensions > indexed_dimensions THEN
                    -- In the list of columns the rows are taken from the array one by one; in FROM they would all be
                    -- written to a file first.
                    SELECT array_agg(r.number ORDER BY r.position)::%1$I.vector
                    INTO own
                    FROM (
                        SELECT
                            %1$I.inner_product(unnest(p.matrix), own) AS number,
                            generate_series(1, p.to_dimensions) AS position
                        FROM mcp.projection_matrices AS p
                        WHERE p.id = mcp.active_projection(model, model_dimensions)
                    ) AS r;
                END IF;
                IF own IS NULL OR %1$I.vector_norm(own) = 0 THEN
                    RETURN NULL;
                END IF;

                own := %1$I.l2_normalize(own);
                missing := indexed_dimensions - %1$I.vector_dims(own);
                IF missing > 0 THEN
                    own := own OPERATOR(%1$I.||) array_fill(0::real, ARRAY[missing])::%1$I.vector;
                END IF;
                RETURN own;
            END
            $function$;
            ALTER FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid)
                FROM PUBLIC, mcp_application, mcp_readonly;
            GRANT EXECUTE ON FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid)
                TO mcp_application, mcp_readonly;

            COMMENT ON FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid) IS
                'What normalized_embedding holds for a vector: its first model_dimensions, above 1536 through the '
                'model''s active projection matrix, divided by their Euclidean length and padded with zeros to 1536. '
                'NULL for a zero vector, without a matrix where one is needed, and for fewer dimensions than said.'
        $statement$, home);
END
$$;

-- Both from one query, and so from one snapshot: the matrix that is named is the one that made the vector.
CREATE FUNCTION mcp.update_normalized_embedding() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT
        n.vector,
        CASE WHEN n.vector IS NOT NULL THEN mcp.active_projection(NEW.model_id, NEW.model_dimensions) END
    INTO NEW.normalized_embedding, NEW.projection_id
    FROM (
        SELECT mcp.normalize_embedding(NEW.embedding, NEW.model_dimensions, NEW.model_id) AS vector OFFSET 0
    ) AS n;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.update_normalized_embedding() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_normalized_embedding() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_normalized_embedding() IS
    'Trigger of embeddings: derives normalized_embedding and projection_id from the vector, its model and its number '
    'of dimensions, whatever the writer gave for them.';

CREATE TRIGGER embeddings_normalized_embedding
    BEFORE UPDATE OF embedding, model_id, model_dimensions, normalized_embedding, projection_id ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_normalized_embedding();
COMMENT ON TRIGGER embeddings_normalized_embedding ON mcp.embeddings IS
    'Normalises a changed vector again. SET normalized_embedding = DEFAULT does it for a vector that did not change, '
    'as after a change of the projection matrix.';

-- With the caller's rights: it may write the rows of its tenant anyway, and row-level security binds it here, too.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
    arguments constant text := format(
        'text, %I.vector, uuid, text, text, text, uuid, integer, integer, text, text, text, jsonb, numeric, integer',
        home);
BEGIN
    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.insert_embedding(
                content text,
                embedding %1$I.vector,
                model uuid DEFAULT NULL,
                provider text DEFAULT NULL,
                model_name text DEFAULT NULL,
                model_version text DEFAULT NULL,
                context_id uuid DEFAULT NULL,
                content_index integer DEFAULT 0,
                chunk_index integer DEFAULT 0,
                content_hash text DEFAULT NULL,
                agent_id text DEFAULT NULL,
                task_type text DEFAULT NULL,
                metadata jsonb DEFAULT '{}',
                cost_usd numeric DEFAULT NULL,
                generation_time_ms integer DEFAULT NULL,
                OUT id uuid,
                OUT is_normalized boolean
            )
            LANGUAGE plpgsql
            SET search_path = pg_catalog, pg_temp
            AS $function$
            #variable_conflict use_column
            DECLARE
                stored_dimensions constant integer := 4096;
                tenant constant uuid := mcp.current_tenant_id();
                given_dimensions constant integer := %1$I.vector_dims(insert_embedding.embedding);
                missing constant integer := stored_dimensions - given_dimensions;
                padded %1$I.vector := insert_embedding.embedding;
                normalized %1$I.vector;
                projection uuid;
                known mcp.embedding_models;
                candidate mcp.embedding_models;
            BEGIN
                IF tenant IS NULL THEN
                    RAISE EXCEPTION 'no tenant: the setting app.current_tenant is not set to a uuid'
                        USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                IF padded IS NULL THEN
                    RAISE EXCEPTION 'no vector: a document without one is inserted into mcp.embeddings'
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;

                IF insert_embedding.model IS NULL
                    AND (insert_embedding.provider IS NULL OR insert_embedding.model_name IS NULL)
                THEN
                    RAISE EXCEPTION 'no model: give its id, or its provider and name'
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;
                -- The first is an active one, if any is; what else was given must agree with an id.
                FOR candidate IN
                    SELECT *
                    FROM mcp.embedding_models AS m
                    WHERE (insert_embedding.model IS NULL OR m.id = insert_embedding.model)
                        AND (insert_embedding.provider IS NULL OR m.provider = insert_embedding.provider)
                        AND (insert_embedding.model_name IS NULL OR m.model_name = insert_embedding.model_name)
                        AND (insert_embedding.model_version IS NULL OR m.model_version = insert_embedding.model_version)
                    ORDER BY m.is_active DESC, m.model_version
                LOOP
                    IF known.id IS NULL THEN
                        known := candidate;
                    ELSIF candidate.is_active THEN
                        RAISE EXCEPTION 'several versions of the model "%%" of "%%" are active: say which',
                            known.model_name, known.provider
                            USING ERRCODE = 'cardinality_violation';
                    END IF;
                END LOOP;
                IF known.id IS NULL THEN
                    RAISE EXCEPTION 'the registry has no model %%', concat_ws(', ', insert_embedding.model,
                        insert_embedding.provider, insert_embedding.model_name, insert_embedding.model_version)
                        USING ERRCODE = 'no_data_found';
                END IF;
                IF NOT known.is_active THEN
                    RAISE EXCEPTION 'the model "%%" of "%%" is not active', known.model_name, known.provider
                        USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                IF known.sunset_at <= now() THEN
                    RAISE EXCEPTION 'the model "%%" of "%%" is past its sunset, which was at %%', known.model_name,
                        known.provider, known.sunset_at
                        USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                IF given_dimensions <> known.dimensions AND NOT (known.supports_dimensionality_reduction
                    AND given_dimensions BETWEEN coalesce(known.min_dimensions, 1) AND known.dimensions)
                THEN
                    RAISE EXCEPTION 'a vector of %% dimensions is none of the model "%%" of "%%", which has %%',
                        given_dimensions, known.model_name, known.provider, known.dimensions
                        USING ERRCODE = 'invalid_parameter_value';
                END IF;

                IF missing > 0 THEN
                    padded := padded OPERATOR(%1$I.||) array_fill(0::real, ARRAY[missing])::%1$I.vector;
                END IF;
                -- One query, one snapshot: the matrix that is named is the one that made the vector.
                SELECT mcp.normalize_embedding(insert_embedding.embedding, given_dimensions, known.id),
                    mcp.active_projection(known.id, given_dimensions)
                INTO normalized, projection;
                is_normalized := normalized IS NOT NULL;

                INSERT INTO mcp.embeddings AS e (
                    tenant_id, context_id, content_index, chunk_index, content, content_hash, agent_id, task_type,
                    model_id, model_provider, model_name, model_dimensions, magnitude, embedding,
                    normalized_embedding, projection_id, cost_usd, generation_time_ms, metadata
                ) VALUES (
                    tenant, insert_embedding.context_id, coalesce(insert_embedding.content_index, 0),
                    coalesce(insert_embedding.chunk_index, 0), insert_embedding.content, insert_embedding.content_hash,
                    insert_embedding.agent_id, insert_embedding.task_type, known.id, known.provider, known.model_name,
                    given_dimensions, %1$I.vector_norm(insert_embedding.embedding), padded, normalized,
                    CASE WHEN is_normalized THEN projection END, insert_embedding.cost_usd,
                    insert_embedding.generation_time_ms, coalesce(insert_embedding.metadata, '{}')
                )
                RETURNING e.id INTO id;

                IF NOT is_normalized THEN
                    RAISE NOTICE 'embedding %% is not found by its vector: %%', id,
                        CASE
                            WHEN %1$I.vector_norm(insert_embedding.embedding) = 0 THEN 'all of its dimensions are zero'
                            ELSE format('the model "%%s" of "%%s" has no active projection matrix for %%s dimensions, '
                                'or the matrix makes it zero', known.model_name, known.provider, given_dimensions)
                        END;
                END IF;
            END
            $function$;
            ALTER FUNCTION mcp.insert_embedding(%2$s) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.insert_embedding(%2$s) FROM PUBLIC, mcp_application, mcp_readonly;
            GRANT EXECUTE ON FUNCTION mcp.insert_embedding(%2$s) TO mcp_application;

            COMMENT ON FUNCTION mcp.insert_embedding(%2$s) IS
                'Stores a document with its vector for the tenant of the session: checks the model and the number of '
                'dimensions, pads the vector, and normalises it for search. is_normalized is false, and a notice says '
                'why, where the vector cannot be compared: a zero vector, or more than 1536 dimensions without an '
                'active projection matrix.'
        $statement$, home, arguments);
END
$$;

-- SECURITY DEFINER: @@ is not leakproof, so under row-level security the inverted index would not be used, and every
-- search would read all documents of the tenant. The tenant's condition is spelled out instead, and comes from the
-- session, never from an argument. STABLE, so that the documents and the figures of the corpus are read from one
-- snapshot.
--
-- A plan is made for each call: with the tenant and the terms known, the planner can tell a large tenant, for whom the
-- lists of an index pay, from a small one, whose documents are better read one by one. Operators cost twenty times what
-- the planner takes them for: before a vector is compared, or a tsvector searched, it is unpacked.
--
-- Functions of the schema are called with all of their arguments, each of the declared type: no other function of the
-- same name fits better.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
    arguments constant text :=
        format('text, %I.vector, uuid, text, integer, double precision, text, uuid, jsonb', home);
BEGIN
    -- Reading a vector loads pgvector's library, and with it its settings are known. In a session that has not used one
    -- yet, a role other than a superuser may make no function that sets them.
    EXECUTE format('SELECT %L::%I.vector', '[1]', home);

    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.search_embeddings(
                query_text text DEFAULT NULL,
                query_embedding %1$I.vector DEFAULT NULL,
                model uuid DEFAULT NULL,
                method text DEFAULT NULL,
                max_results integer DEFAULT 10,
                min_similarity double precision DEFAULT NULL,
                wanted_agent text DEFAULT NULL,
                wanted_context uuid DEFAULT NULL,
                wanted_metadata jsonb DEFAULT NULL
            )
            RETURNS TABLE (
                id uuid,
                content text,
                context_id uuid,
                content_index integer,
                chunk_index integer,
                agent_id varchar,
                metadata jsonb,
                similarity double precision,
                text_score double precision,
                score double precision
            )
            LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp
            SET plan_cache_mode = force_custom_plan
            SET cpu_operator_cost = 0.05
            SET jit = off
            SET ivfflat.iterative_scan = relaxed_order
            SET ivfflat.max_probes = 32768
            SET ivfflat.probes = 10
            AS $function$
            #variable_conflict use_column
            DECLARE
                k1 constant double precision := 1.2;
                b constant double precision := 0.75;
                rank_constant constant double precision := 60;
                longest_query constant integer := 8192;
                tenant constant uuid := mcp.current_tenant_id();
                parts constant text := coalesce(method, CASE
                    WHEN query_embedding IS NULL THEN 'text'
                    WHEN query_text IS NULL THEN 'vector'
                    ELSE 'hybrid'
                END);
                -- Of each part, more than wanted are candidates: an index gives the tenant's documents only nearly in
                -- order, and a document that is far down in both parts can still be the best of all.
                depth constant integer := greatest(400, 8 * max_results);
                known mcp.embedding_models;
                query_dimensions integer;
                target %1$I.vector;
                projection uuid;
                documents bigint;
                average double precision;
                matching tsquery;
                terms text[];
                weights double precision[];
            BEGIN
                IF parts NOT IN ('text', 'vector', 'hybrid') THEN
                    RAISE EXCEPTION 'the method of a search is text, vector or hybrid, not %%', parts
                        USING ERRCODE = 'invalid_parameter_value';
                END IF;
                IF max_results IS NULL OR max_results NOT BETWEEN 1 AND 1000 THEN
                    RAISE EXCEPTION 'a search gives 1 to 1000 results, not %%', max_results
                        USING ERRCODE = 'invalid_parameter_value';
                END IF;
                IF parts <> 'vector' AND query_text IS NULL THEN
                    RAISE EXCEPTION 'a %% search needs query_text', parts
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;
                IF parts <> 'text' AND (query_embedding IS NULL OR model IS NULL) THEN
                    RAISE EXCEPTION 'a %% search needs query_embedding and the model that made it', parts
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;
                IF model IS NOT NULL THEN
                    SELECT * INTO known FROM mcp.embedding_models AS m WHERE m.id = model;
                    IF known.id IS NULL THEN
                        RAISE EXCEPTION 'the registry has no model %%', model
                            USING ERRCODE = 'no_data_found';
                    END IF;
                END IF;
                IF tenant IS NULL THEN
                    RETURN;
                END IF;

                IF parts <> 'text' THEN
                    query_dimensions := %1$I.vector_dims(query_embedding);
                    IF query_dimensions <> known.dimensions AND NOT (known.supports_dimensionality_reduction
                        AND query_dimensions BETWEEN coalesce(known.min_dimensions, 1) AND known.dimensions)
                    THEN
                        RAISE EXCEPTION 'a vector of %% dimensions is none of the model "%%" of "%%", which has %%',
                            query_dimensions, known.model_name, known.provider, known.dimensions
                            USING ERRCODE = 'invalid_parameter_value';
                    END IF;
                    target := mcp.normalize_embedding(query_embedding::%1$I.vector, query_dimensions::integer,
                        model::uuid);
                    projection := mcp.active_projection(model::uuid, query_dimensions::integer);
                    IF target IS NULL AND %1$I.vector_norm(query_embedding) > 0 THEN
                        RAISE EXCEPTION 'the model "%%" of "%%" has no active projection matrix for %% dimensions, or '
                            'the matrix makes the vector zero', known.model_name, known.provider, query_dimensions
                            USING ERRCODE = 'object_not_in_prerequisite_state';
                    END IF;
                END IF;

                IF parts <> 'vector' THEN
                    SELECT s.total_documents, nullif(s.avg_document_length, 0)
                    INTO documents, average
                    FROM mcp.embedding_statistics AS s
                    WHERE s.tenant_id = tenant;

                    -- With k1 = 0 the score is the idf. The sum of a document is taken in the order of the terms, so
                    -- that it is the same, to the last bit, at each call.
                    SELECT
                        array_agg(q.lexeme ORDER BY q.lexeme COLLATE "C"),
                        array_agg(
                            mcp.bm25_score(1::double precision, t.document_count::double precision,
                                NULL::double precision, NULL::double precision, documents::double precision,
                                0::double precision, b) * (k1 + 1)
                            ORDER BY q.lexeme COLLATE "C"),
                        string_agg(
                            '''' || replace(replace(q.lexeme, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
                    INTO terms, weights, matching
                    FROM unnest(to_tsvector('pg_catalog.english'::regconfig, left(query_text, longest_query))) AS q
                    LEFT JOIN mcp.embedding_term_statistics AS t ON t.tenant_id = tenant AND t.term = q.lexeme;
                END IF;

                RETURN QUERY
                WITH matches AS (
                    -- Without the parts that are not searched: what is NULL here is false before anything is read.
                    -- Taking no keys from the frequencies unpacks them once, instead of once a term.
                    SELECT
                        e.id,
                        e.term_frequencies - '{}'::text[] AS frequencies,
                        k1 * (1 - b + b * coalesce(e.document_length / average, 1)) AS saturation
                    FROM mcp.embeddings AS e
                    WHERE e.tenant_id = tenant AND e.content_tsvector @@ matching
                        AND (model IS NULL OR e.model_id = model)
                        AND (wanted_agent IS NULL OR e.agent_id = wanted_agent)
                        AND (wanted_context IS NULL OR e.context_id = wanted_context)
                        AND (wanted_metadata IS NULL OR e.metadata @> wanted_metadata)
                    OFFSET 0
                ),
                scored AS MATERIALIZED (
                    SELECT
                        m.id,
                        (
                            SELECT coalesce(sum(w.weight * f.frequency / (f.frequency + m.saturation)), 0)
                            FROM unnest(terms, weights) AS w (term, weight)
                            CROSS JOIN LATERAL (
                                SELECT (m.frequencies ->> w.term)::double precision AS frequency OFFSET 0
                            ) AS f
                        ) AS score
                    FROM matches AS m
                    ORDER BY score DESC, m.id
                    LIMIT depth
                ),
                nearest AS MATERIALIZED (
                    SELECT e.id, 1 - (e.normalized_embedding OPERATOR(%1$I.<=>) target) AS similarity
                    FROM mcp.embeddings AS e
                    WHERE e.tenant_id = tenant AND e.model_id = model AND e.model_dimensions = query_dimensions
                        AND e.normalized_embedding IS NOT NULL AND target IS NOT NULL
                        -- What another matrix projected is in another space. IS NOT DISTINCT FROM, written so that
                        -- the planner can tell how many rows that are.
                        AND CASE WHEN projection IS NULL THEN e.projection_id IS NULL
                            ELSE e.projection_id = projection END
                        AND (wanted_agent IS NULL OR e.agent_id = wanted_agent)
                        AND (wanted_context IS NULL OR e.context_id = wanted_context)
                        AND (wanted_metadata IS NULL OR e.metadata @> wanted_metadata)
                    ORDER BY e.normalized_embedding OPERATOR(%1$I.<=>) target
                    LIMIT depth
                ),
                by_text AS (
                    SELECT s.id, s.score, row_number() OVER (ORDER BY s.score DESC, s.id) AS rank
                    FROM scored AS s
                ),
                by_vector AS (
                    SELECT n.id, n.similarity, row_number() OVER (ORDER BY n.similarity DESC, n.id) AS rank
                    FROM nearest AS n
                    WHERE min_similarity IS NULL OR n.similarity >= min_similarity
                ),
                best AS (
                    SELECT
                        coalesce(t.id, v.id) AS id,
                        v.similarity,
                        t.score AS text_score,
                        CASE parts
                            WHEN 'text' THEN t.score
                            WHEN 'vector' THEN v.similarity
                            ELSE mcp.reciprocal_rank_fusion(ARRAY[t.rank, v.rank]::bigint[], rank_constant)
                        END AS score
                    FROM by_text AS t
                    FULL JOIN by_vector AS v ON v.id = t.id
                    ORDER BY score DESC, id
                    LIMIT max_results
                )
                SELECT
                    e.id, e.content, e.context_id, e.content_index, e.chunk_index, e.agent_id, e.metadata,
                    x.similarity, x.text_score, x.score
                FROM best AS x
                JOIN mcp.embeddings AS e ON e.id = x.id
                WHERE e.tenant_id = tenant
                ORDER BY x.score DESC, x.id;
            END
            $function$;
            ALTER FUNCTION mcp.search_embeddings(%2$s) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.search_embeddings(%2$s) FROM PUBLIC, mcp_application, mcp_readonly;
            GRANT EXECUTE ON FUNCTION mcp.search_embeddings(%2$s) TO mcp_application, mcp_readonly;

            COMMENT ON FUNCTION mcp.search_embeddings(%2$s) IS
                'Searches the documents of the session''s tenant: by text (BM25), by vector (cosine similarity among '
                'the rows of one model, projected alike), or by both (hybrid, reciprocal rank fusion of the two), best '
                'first, of equals the lower id. Nothing is found without a tenant.'
        $statement$, home, arguments);
END
$$;

CREATE TABLE mcp.embedding_metrics (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_dimensions integer CHECK (model_dimensions BETWEEN 1 AND 4096),
    request_id uuid,
    token_count integer CHECK (token_count >= 0),
    total_latency_ms integer CHECK (total_latency_ms >= 0),
    provider_latency_ms integer CHECK (provider_latency_ms >= 0),
    normalization_latency_ms integer CHECK (normalization_latency_ms >= 0),
    cost_usd numeric(10, 6) CHECK (cost_usd >= 0),
    status varchar(20) NOT NULL CHECK (status IN ('success', 'failure', 'timeout', 'fallback')),
    error_message text,
    retry_count integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
    final_provider varchar(50),
    "timestamp" timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");
ALTER TABLE mcp.embedding_metrics OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_metrics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT ON mcp.embedding_metrics TO mcp_application;
GRANT SELECT ON mcp.embedding_metrics TO mcp_readonly;

ALTER TABLE mcp.embedding_metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_metrics
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embedding_metrics_tenant_idx ON mcp.embedding_metrics (tenant_id, "timestamp" DESC);
CREATE INDEX embedding_metrics_tenant_agent_idx ON mcp.embedding_metrics (tenant_id, agent_id, "timestamp" DESC);
CREATE INDEX embedding_metrics_trouble_idx ON mcp.embedding_metrics (tenant_id, "timestamp" DESC)
    INCLUDE (model_provider, model_name, status) WHERE status <> 'success';
CREATE INDEX embedding_metrics_timestamp_idx ON mcp.embedding_metrics USING brin ("timestamp");

COMMENT ON TABLE mcp.embedding_metrics IS
    'One row a request to an embedding provider. Partitioned by month of "timestamp", in UTC.';
COMMENT ON COLUMN mcp.embedding_metrics.id IS 'Key, together with "timestamp".';
COMMENT ON COLUMN mcp.embedding_metrics.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embedding_metrics.agent_id IS 'The agent that asked; NULL when no agent did.';
COMMENT ON COLUMN mcp.embedding_metrics.model_provider IS 'The provider that was asked first.';
COMMENT ON COLUMN mcp.embedding_metrics.model_name IS 'The model that was asked for.';
COMMENT ON COLUMN mcp.embedding_metrics.model_dimensions IS 'Dimensions of the vectors that were asked for.';
COMMENT ON COLUMN mcp.embedding_metrics.request_id IS 'The request, as the platform''s other logs name it.';
COMMENT ON COLUMN mcp.embedding_metrics.token_count IS 'Tokens of the input.';
COMMENT ON COLUMN mcp.embedding_metrics.total_latency_ms IS 'From request to answer, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_metrics.provider_latency_ms IS 'The provider''s share of it, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_metrics.normalization_latency_ms IS
    'The share of normalising the vector, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_metrics.cost_usd IS 'What the request cost, in US dollars.';
COMMENT ON COLUMN mcp.embedding_metrics.status IS
    'How it ended: success, failure, timeout, or fallback (another provider answered).';
COMMENT ON COLUMN mcp.embedding_metrics.error_message IS 'What went wrong, where something did.';
COMMENT ON COLUMN mcp.embedding_metrics.retry_count IS 'How often it was tried again.';
COMMENT ON COLUMN mcp.embedding_metrics.final_provider IS 'The provider that answered, where one did.';
COMMENT ON COLUMN mcp.embedding_metrics."timestamp" IS 'When the request was made.';

CREATE TABLE mcp.audit_log (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    table_name varchar(100) NOT NULL,
    record_id uuid,
    action varchar(20) NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'SELECT')),
    old_data jsonb,
    new_data jsonb,
    changed_fields text[],
    changed_by varchar(255),
    ip_address inet,
    user_agent text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, changed_at)
) PARTITION BY RANGE (changed_at);
ALTER TABLE mcp.audit_log OWNER TO mcp_owner;
REVOKE ALL ON mcp.audit_log FROM PUBLIC, mcp_application, mcp_readonly;
-- The trail of changes is kept by triggers, for which no right of the application is needed. It adds what no trigger
-- sees: that a row was read (SELECT), at the time of the clock, and without any row to show.
GRANT SELECT, INSERT (tenant_id, table_name, record_id, action, changed_by, ip_address, user_agent)
    ON mcp.audit_log TO mcp_application;
GRANT SELECT ON mcp.audit_log TO mcp_readonly;

ALTER TABLE mcp.audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.audit_log FOR SELECT
    USING (tenant_id = (SELECT mcp.current_tenant_id()));
CREATE POLICY tenant_reads ON mcp.audit_log FOR INSERT
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()) AND action = 'SELECT');
COMMENT ON POLICY tenant_reads ON mcp.audit_log IS 'A change is recorded by the audit trigger, and by nobody else.';

CREATE INDEX audit_log_tenant_idx ON mcp.audit_log (tenant_id, changed_at DESC);
CREATE INDEX audit_log_record_idx ON mcp.audit_log (table_name, record_id, changed_at DESC);
CREATE INDEX audit_log_author_idx ON mcp.audit_log (changed_by, changed_at DESC) WHERE changed_by IS NOT NULL;

COMMENT ON TABLE mcp.audit_log IS
    'Who changed or read what. Rows are added, never changed. Partitioned by month of changed_at, in UTC.';
COMMENT ON COLUMN mcp.audit_log.id IS 'Key, together with changed_at.';
COMMENT ON COLUMN mcp.audit_log.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.audit_log.table_name IS 'The table of the row that was changed or read.';
COMMENT ON COLUMN mcp.audit_log.record_id IS 'Key of that row; NULL where it has none.';
COMMENT ON COLUMN mcp.audit_log.action IS 'INSERT, UPDATE, DELETE or SELECT.';
COMMENT ON COLUMN mcp.audit_log.old_data IS 'The row before; secrets read [redacted]. NULL for INSERT.';
COMMENT ON COLUMN mcp.audit_log.new_data IS 'The row after; secrets read [redacted]. NULL for DELETE.';
COMMENT ON COLUMN mcp.audit_log.changed_fields IS
    'Names of the columns that an UPDATE changed, sorted; those that hold secrets, too, but not updated_at and '
    'last_used_at.';
COMMENT ON COLUMN mcp.audit_log.changed_by IS 'The user, agent or service that did it.';
COMMENT ON COLUMN mcp.audit_log.ip_address IS 'Where the request came from.';
COMMENT ON COLUMN mcp.audit_log.user_agent IS 'What the requesting program calls itself.';
COMMENT ON COLUMN mcp.audit_log.changed_at IS 'When it was done.';

CREATE TABLE mcp.tasks (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    type varchar(100),
    status mcp.task_status NOT NULL DEFAULT 'pending',
    priority mcp.task_priority NOT NULL DEFAULT 'medium',
    created_by uuid,
    assigned_to uuid,
    parent_task_id uuid,
    parent_task_created_at timestamptz,
    title varchar(500) NOT NULL,
    description text,
    parameters jsonb NOT NULL DEFAULT '{}',
    result jsonb,
    error text,
    max_retries integer NOT NULL DEFAULT 3,
    retry_count integer NOT NULL DEFAULT 0,
    timeout_seconds integer,
    auto_escalate boolean NOT NULL DEFAULT false,
    escalation_timeout interval CHECK (escalation_timeout > interval '0'),
    max_delegations integer DEFAULT 5 CHECK (max_delegations >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    assigned_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
ALTER TABLE mcp.tasks OWNER TO mcp_owner;
REVOKE ALL ON mcp.tasks FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.tasks TO mcp_application;
GRANT SELECT ON mcp.tasks TO mcp_readonly;

ALTER TABLE mcp.tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.tasks
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX tasks_tenant_idx ON mcp.tasks (tenant_id, created_at DESC);
CREATE INDEX tasks_list_idx ON mcp.tasks (tenant_id, assigned_to, status) INCLUDE (title, priority, created_at);
CREATE INDEX tasks_unfinished_idx ON mcp.tasks (tenant_id, priority DESC, created_at)
    WHERE deleted_at IS NULL AND status IN ('pending', 'assigned', 'in_progress', 'delegated');
CREATE INDEX tasks_escalation_idx ON mcp.tasks (assigned_at)
    WHERE auto_escalate AND deleted_at IS NULL AND status IN ('assigned', 'in_progress', 'delegated');
CREATE INDEX tasks_parent_idx ON mcp.tasks (parent_task_id, parent_task_created_at) WHERE parent_task_id IS NOT NULL;

CREATE TRIGGER tasks_updated_at BEFORE UPDATE ON mcp.tasks
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER tasks_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.tasks
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();

COMMENT ON TABLE mcp.tasks IS
    'What agents are to do. Partitioned by month of created_at, in UTC: whatever refers to a task names both id and '
    'created_at. The platform deletes by deleted_at; retention drops months.';
COMMENT ON COLUMN mcp.tasks.id IS 'Key, together with created_at.';
COMMENT ON COLUMN mcp.tasks.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.tasks.type IS 'What kind of task it is, as its writer names it.';
COMMENT ON COLUMN mcp.tasks.status IS 'Where it stands. A trigger refuses a move that docs/mcp/schema.md does not list.';
COMMENT ON COLUMN mcp.tasks.priority IS 'How urgent it is.';
COMMENT ON COLUMN mcp.tasks.created_by IS 'The user or agent that wants it done.';
COMMENT ON COLUMN mcp.tasks.assigned_to IS 'The agent that is to do it; NULL while nobody is.';
COMMENT ON COLUMN mcp.tasks.parent_task_id IS
    'The task that it is a part of. No foreign key: it would keep retention from dropping the parent''s month.';
COMMENT ON COLUMN mcp.tasks.parent_task_created_at IS 'created_at of that task.';
COMMENT ON COLUMN mcp.tasks.title IS 'One line. It stands in a covering index, whose rows are limited in length.';
COMMENT ON COLUMN mcp.tasks.description IS 'More than a line, where there is more to say.';
COMMENT ON COLUMN mcp.tasks.parameters IS 'What the agent is given.';
COMMENT ON COLUMN mcp.tasks.result IS 'What came of it; NULL while nothing has.';
COMMENT ON COLUMN mcp.tasks.error IS 'What went wrong the last time, where something did.';
COMMENT ON COLUMN mcp.tasks.max_retries IS 'How often a failed task may become pending again.';
COMMENT ON COLUMN mcp.tasks.retry_count IS
    'How often it did. Whoever moves it from failed to pending counts it up; nothing else does.';
COMMENT ON COLUMN mcp.tasks.timeout_seconds IS 'How long one attempt may take; NULL for as long as it needs.';
COMMENT ON COLUMN mcp.tasks.auto_escalate IS 'Whether the platform is to escalate it after escalation_timeout.';
COMMENT ON COLUMN mcp.tasks.escalation_timeout IS 'How long after assigned_at; NULL for the platform''s default.';
COMMENT ON COLUMN mcp.tasks.max_delegations IS
    'How often it may be delegated, whatever became of each delegation; NULL for any number.';
COMMENT ON COLUMN mcp.tasks.created_at IS 'When the row was made. It decides the partition, so it stays as it is.';
COMMENT ON COLUMN mcp.tasks.assigned_at IS
    'When it was last assigned; set by a trigger at each such move whose statement does not set it.';
COMMENT ON COLUMN mcp.tasks.started_at IS
    'When it was first in progress; filled in by a trigger where the writer leaves it NULL.';
COMMENT ON COLUMN mcp.tasks.completed_at IS
    'When it was completed; filled in by a trigger where the writer leaves it NULL.';
COMMENT ON COLUMN mcp.tasks.updated_at IS 'When the row was last changed; kept by a trigger.';
COMMENT ON COLUMN mcp.tasks.deleted_at IS 'When the platform deleted it; NULL while it has not.';
COMMENT ON INDEX mcp.tasks_list_idx IS
    'The task list of an agent is read from it alone. A reader who leaves out deleted tasks reads the rows as well.';
COMMENT ON INDEX mcp.tasks_escalation_idx IS 'What the platform looks through for tasks to escalate, of all tenants.';

-- No foreign key: what happened keeps no month of tasks from being dropped.
CREATE TABLE mcp.task_state_transitions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    from_status mcp.task_status NOT NULL,
    to_status mcp.task_status NOT NULL,
    changed_by varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.task_state_transitions OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_state_transitions FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.task_state_transitions TO mcp_application, mcp_readonly;

ALTER TABLE mcp.task_state_transitions ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_state_transitions
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_state_transitions_task_idx ON mcp.task_state_transitions (task_id, task_created_at, created_at);
CREATE INDEX task_state_transitions_tenant_idx ON mcp.task_state_transitions (tenant_id, created_at DESC);

COMMENT ON TABLE mcp.task_state_transitions IS
    'Every move of every task from one status to another. Written by the trigger validate_task_transition() alone.';
COMMENT ON COLUMN mcp.task_state_transitions.id IS 'Key.';
COMMENT ON COLUMN mcp.task_state_transitions.tenant_id IS
    'Whose row it is, as of the task; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.task_state_transitions.task_id IS 'The task.';
COMMENT ON COLUMN mcp.task_state_transitions.task_created_at IS 'created_at of the task.';
COMMENT ON COLUMN mcp.task_state_transitions.from_status IS 'Where it stood.';
COMMENT ON COLUMN mcp.task_state_transitions.to_status IS 'Where it has stood since.';
COMMENT ON COLUMN mcp.task_state_transitions.changed_by IS
    'Who moved it: the setting app.current_user, else the login role.';
COMMENT ON COLUMN mcp.task_state_transitions.created_at IS
    'When it was moved, by the clock: the moves of one transaction keep their order.';

-- SECURITY DEFINER: whoever moves a task may not write its history themselves, and cannot leave it unwritten.
-- The history is written before the row is, and not after: a row that moves to another partition fires no
-- AFTER UPDATE trigger. Whatever refuses the row later takes the history back with it.
CREATE FUNCTION mcp.validate_task_transition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    allowed constant mcp.task_status[] := CASE OLD.status
        WHEN 'pending' THEN ARRAY['assigned', 'cancelled']
        WHEN 'assigned' THEN ARRAY['pending', 'in_progress', 'delegated', 'failed', 'cancelled']
        WHEN 'in_progress' THEN ARRAY['completed', 'failed', 'delegated', 'cancelled']
        WHEN 'delegated' THEN ARRAY['assigned', 'in_progress', 'completed', 'failed', 'cancelled']
        WHEN 'failed' THEN ARRAY['pending']
        ELSE ARRAY[]::text[]
    END::mcp.task_status[];
BEGIN
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;

    IF NEW.status <> ALL (allowed) THEN
        RAISE EXCEPTION 'task % cannot move from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'tasks', COLUMN = 'status',
                CONSTRAINT = 'tasks_transition',
                DETAIL = CASE
                    WHEN cardinality(allowed) = 0 THEN format('%s is final.', OLD.status)
                    ELSE format('From %s it may move to %s.', OLD.status, array_to_string(allowed, ', '))
                END,
                HINT = CASE
                    WHEN cardinality(allowed) = 0 THEN 'Make a new task.'
                    ELSE 'Read its status again: another session may have moved it.'
                END;
    END IF;

    -- Of both numbers what they were: a statement cannot give itself another retry. Counting is the writer's.
    IF OLD.status = 'failed' THEN
        IF OLD.retry_count >= OLD.max_retries THEN
            RAISE EXCEPTION 'task % cannot move from failed to pending: % of % retries are used', OLD.id,
                OLD.retry_count, OLD.max_retries
                USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'tasks', COLUMN = 'retry_count',
                    CONSTRAINT = 'tasks_retries',
                    DETAIL = 'From failed it may move to pending while retry_count is less than max_retries.',
                    HINT = 'Raise max_retries in a statement of its own first, or make a new task.';
        END IF;
    END IF;

    CASE NEW.status
        WHEN 'assigned' THEN
            IF NEW.assigned_at IS NOT DISTINCT FROM OLD.assigned_at THEN
                NEW.assigned_at := now();
            END IF;
        WHEN 'in_progress' THEN NEW.started_at := coalesce(NEW.started_at, now());
        WHEN 'completed' THEN NEW.completed_at := coalesce(NEW.completed_at, now());
        ELSE NULL;
    END CASE;

    INSERT INTO mcp.task_state_transitions (
        tenant_id, task_id, task_created_at, from_status, to_status, changed_by, created_at
    )
    VALUES (
        NEW.tenant_id, NEW.id, NEW.created_at, OLD.status, NEW.status,
        left(coalesce(nullif(current_setting('app.current_user', true), ''), session_user), 255), clock_timestamp()
    );
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.validate_task_transition() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_task_transition() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_task_transition() IS
    'Trigger of tasks, BEFORE UPDATE: refuses a move that docs/mcp/schema.md does not list (23514, constraint '
    'tasks_transition) and a retry too many (tasks_retries), fills in assigned_at, started_at and completed_at, and '
    'writes the move to task_state_transitions.';

-- Whatever changed the status, even another trigger: UPDATE OF looks at what the statement names alone. An INSERT may
-- have any status, as a restore or an import has.
CREATE TRIGGER tasks_transition
    BEFORE UPDATE ON mcp.tasks
    FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION mcp.validate_task_transition();
COMMENT ON TRIGGER tasks_transition ON mcp.tasks IS
    'Lets a task move only as docs/mcp/schema.md lists, and records the move.';

-- The foreign key makes retention of tasks report a month that is still delegated from: a referencing row keeps the
-- month from being detached.
CREATE TABLE mcp.task_delegations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    delegated_by uuid,
    delegated_to uuid NOT NULL,
    delegation_type mcp.delegation_type NOT NULL DEFAULT 'handoff',
    status varchar(20) NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'accepted', 'rejected', 'completed', 'cancelled')),
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (task_id, task_created_at) REFERENCES mcp.tasks (id, created_at)
);
ALTER TABLE mcp.task_delegations OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_delegations FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.task_delegations TO mcp_application;
GRANT SELECT ON mcp.task_delegations TO mcp_readonly;

ALTER TABLE mcp.task_delegations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_delegations
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_delegations_task_idx ON mcp.task_delegations (task_id, task_created_at);
CREATE INDEX task_delegations_tenant_idx ON mcp.task_delegations (tenant_id, created_at DESC);
CREATE INDEX task_delegations_unfinished_idx ON mcp.task_delegations (tenant_id, delegated_to, created_at)
    WHERE status IN ('pending', 'accepted');

CREATE TRIGGER task_delegations_updated_at BEFORE UPDATE ON mcp.task_delegations
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.task_delegations IS
    'Who handed a task, or a share in it, to whom. A task has at most max_delegations rows here.';
COMMENT ON COLUMN mcp.task_delegations.id IS 'Key.';
COMMENT ON COLUMN mcp.task_delegations.tenant_id IS
    'Whose row it is, as of the task; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.task_delegations.task_id IS 'The task.';
COMMENT ON COLUMN mcp.task_delegations.task_created_at IS 'created_at of the task.';
COMMENT ON COLUMN mcp.task_delegations.delegated_by IS 'The agent or user that delegates.';
COMMENT ON COLUMN mcp.task_delegations.delegated_to IS 'The agent that is asked.';
COMMENT ON COLUMN mcp.task_delegations.delegation_type IS 'What it is asked for.';
COMMENT ON COLUMN mcp.task_delegations.status IS
    'What became of it: pending, accepted, rejected, completed or cancelled.';
COMMENT ON COLUMN mcp.task_delegations.reason IS 'Why, in words.';
COMMENT ON COLUMN mcp.task_delegations.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.task_delegations.updated_at IS 'When the row was last changed; kept by a trigger.';

-- No foreign keys: what happened is kept when the delegation is gone, and keeps no month of tasks from being dropped.
CREATE TABLE mcp.task_delegation_history (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    delegation_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_created_at timestamptz NOT NULL,
    delegated_by uuid,
    delegated_to uuid NOT NULL,
    delegation_type mcp.delegation_type NOT NULL,
    status varchar(20) NOT NULL,
    reason text,
    changed_by varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.task_delegation_history OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_delegation_history FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.task_delegation_history TO mcp_application, mcp_readonly;

ALTER TABLE mcp.task_delegation_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_delegation_history
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_delegation_history_task_idx ON mcp.task_delegation_history (task_id, task_created_at, created_at);
CREATE INDEX task_delegation_history_delegation_idx ON mcp.task_delegation_history (delegation_id, created_at);
CREATE INDEX task_delegation_history_tenant_idx ON mcp.task_delegation_history (tenant_id, created_at DESC);

COMMENT ON TABLE mcp.task_delegation_history IS
    'What every delegation was after each change. Written by the trigger validate_task_delegation() alone.';
COMMENT ON COLUMN mcp.task_delegation_history.id IS 'Key.';
COMMENT ON COLUMN mcp.task_delegation_history.tenant_id IS
    'Whose row it is, as of the task; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.task_delegation_history.delegation_id IS 'The delegation.';
COMMENT ON COLUMN mcp.task_delegation_history.task_id IS 'Its task.';
COMMENT ON COLUMN mcp.task_delegation_history.task_created_at IS 'created_at of that task.';
COMMENT ON COLUMN mcp.task_delegation_history.delegated_by IS 'The agent or user that delegates.';
COMMENT ON COLUMN mcp.task_delegation_history.delegated_to IS 'The agent that is asked.';
COMMENT ON COLUMN mcp.task_delegation_history.delegation_type IS 'What it is asked for.';
COMMENT ON COLUMN mcp.task_delegation_history.status IS 'What had become of the delegation.';
COMMENT ON COLUMN mcp.task_delegation_history.reason IS 'Why, in words.';
COMMENT ON COLUMN mcp.task_delegation_history.changed_by IS
    'Who changed it: the setting app.current_user, else the login role.';
COMMENT ON COLUMN mcp.task_delegation_history.created_at IS 'When it was changed, by the clock.';

-- Before the foreign key is checked, whose answer would tell a task of another tenant from one that does not exist.
-- With the caller's rights: a trigger runs before the policies have checked the row, so whoever they bind sees no task
-- here but those of the session's tenant, whatever tenant the row says.
CREATE FUNCTION mcp.validate_delegated_task() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM mcp.tasks AS t
        WHERE t.id = NEW.task_id AND t.created_at = NEW.task_created_at AND t.tenant_id = NEW.tenant_id)
    THEN
        RAISE EXCEPTION 'tenant % has no task % of %', NEW.tenant_id, NEW.task_id, NEW.task_created_at
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'mcp', TABLE = 'task_delegations',
                CONSTRAINT = 'task_delegations_task_id_task_created_at_fkey';
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.validate_delegated_task() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_delegated_task() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_delegated_task() IS
    'Trigger of task_delegations, BEFORE INSERT OR UPDATE: refuses a task that the tenant does not have (23503), in '
    'the same words whether another tenant has it or nobody.';

CREATE TRIGGER task_delegations_task
    BEFORE INSERT OR UPDATE OF tenant_id, task_id, task_created_at ON mcp.task_delegations
    FOR EACH ROW EXECUTE FUNCTION mcp.validate_delegated_task();
COMMENT ON TRIGGER task_delegations_task ON mcp.task_delegations IS
    'Lets a tenant delegate its own tasks alone, and learn nothing of others.';

-- SECURITY DEFINER: whoever delegates may not write the history themselves, and cannot leave it unwritten. It runs
-- after the row was checked against the policies, and takes no task but one of the row's own tenant, which
-- validate_delegated_task() has refused before.
CREATE FUNCTION mcp.validate_task_delegation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
    allowed integer;
    present bigint;
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.task_id, NEW.task_created_at, NEW.tenant_id)
        IS DISTINCT FROM (OLD.task_id, OLD.task_created_at, OLD.tenant_id)
    THEN
        -- Locks the task, so that two sessions count one after the other; and changes it, so that under REPEATABLE
        -- READ the second fails (40001) instead of counting what its old snapshot shows.
        UPDATE mcp.tasks AS t SET updated_at = now()
        WHERE t.id = NEW.task_id AND t.created_at = NEW.task_created_at AND t.tenant_id = NEW.tenant_id
        RETURNING t.max_delegations INTO allowed;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'tenant % has no task % of %', NEW.tenant_id, NEW.task_id, NEW.task_created_at
                USING ERRCODE = 'foreign_key_violation', SCHEMA = 'mcp', TABLE = 'task_delegations',
                    CONSTRAINT = 'task_delegations_task_id_task_created_at_fkey';
        END IF;

        IF allowed IS NOT NULL THEN
            SELECT count(*) INTO present
            FROM mcp.task_delegations AS d
            WHERE d.task_id = NEW.task_id AND d.task_created_at = NEW.task_created_at;
            IF present > allowed THEN
                RAISE EXCEPTION 'task % cannot be delegated once more: % of % delegations are used', NEW.task_id,
                    present - 1, allowed
                    USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'task_delegations',
                        CONSTRAINT = 'tasks_max_delegations',
                        HINT = 'Raise max_delegations of the task, or have it done by whom it is assigned to.';
            END IF;
        END IF;
    ELSIF (NEW.delegated_by, NEW.delegated_to, NEW.delegation_type, NEW.status, NEW.reason)
        IS NOT DISTINCT FROM (OLD.delegated_by, OLD.delegated_to, OLD.delegation_type, OLD.status, OLD.reason)
    THEN
        RETURN NULL;
    END IF;

    INSERT INTO mcp.task_delegation_history (
        tenant_id, delegation_id, task_id, task_created_at, delegated_by, delegated_to, delegation_type, status,
        reason, changed_by, created_at
    )
    VALUES (
        NEW.tenant_id, NEW.id, NEW.task_id, NEW.task_created_at, NEW.delegated_by, NEW.delegated_to,
        NEW.delegation_type, NEW.status, NEW.reason,
        left(coalesce(nullif(current_setting('app.current_user', true), ''), session_user), 255), clock_timestamp()
    );
    RETURN NULL;
END
$$;
ALTER FUNCTION mcp.validate_task_delegation() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_task_delegation() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_task_delegation() IS
    'Trigger of task_delegations, AFTER INSERT OR UPDATE: refuses a delegation more than max_delegations of the task '
    '(23514, constraint tasks_max_delegations), and writes what the delegation is now to task_delegation_history.';

CREATE TRIGGER task_delegations_quota
    AFTER INSERT OR UPDATE ON mcp.task_delegations
    FOR EACH ROW EXECUTE FUNCTION mcp.validate_task_delegation();
COMMENT ON TRIGGER task_delegations_quota ON mcp.task_delegations IS
    'Keeps a task within max_delegations, and the history of its delegations.';

-- No foreign key: a task that is remembered here keeps no month of tasks from being dropped.
CREATE TABLE mcp.task_idempotency_keys (
    tenant_id uuid NOT NULL,
    idempotency_key varchar(255) NOT NULL,
    task_id uuid,
    task_created_at timestamptz,
    operation varchar(50) NOT NULL,
    request_hash varchar(128),
    response jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (tenant_id, idempotency_key),
    CONSTRAINT task_idempotency_keys_task CHECK ((task_id IS NULL) = (task_created_at IS NULL)),
    CONSTRAINT task_idempotency_keys_life CHECK (expires_at > created_at)
);
ALTER TABLE mcp.task_idempotency_keys OWNER TO mcp_owner;
REVOKE ALL ON mcp.task_idempotency_keys FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.task_idempotency_keys TO mcp_application;
GRANT SELECT ON mcp.task_idempotency_keys TO mcp_readonly;

ALTER TABLE mcp.task_idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.task_idempotency_keys
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX task_idempotency_keys_expiry_idx ON mcp.task_idempotency_keys (expires_at);
CREATE INDEX task_idempotency_keys_task_idx ON mcp.task_idempotency_keys (task_id, task_created_at)
    WHERE task_id IS NOT NULL;

COMMENT ON TABLE mcp.task_idempotency_keys IS
    'Requests that must not be carried out twice, and what was answered to them. Rows expire.';
COMMENT ON COLUMN mcp.task_idempotency_keys.tenant_id IS
    'Whose row it is; row-level security binds readers to it. Two tenants may use the same key.';
COMMENT ON COLUMN mcp.task_idempotency_keys.idempotency_key IS 'What the client calls the request.';
COMMENT ON COLUMN mcp.task_idempotency_keys.task_id IS
    'The task that it made or changed; NULL while it is carried out.';
COMMENT ON COLUMN mcp.task_idempotency_keys.task_created_at IS 'created_at of that task.';
COMMENT ON COLUMN mcp.task_idempotency_keys.operation IS 'What was asked for, as the platform names it.';
COMMENT ON COLUMN mcp.task_idempotency_keys.request_hash IS
    'Hash of the request: the same key with another request is a mistake of the client''s.';
COMMENT ON COLUMN mcp.task_idempotency_keys.response IS 'What was answered; NULL while it is carried out.';
COMMENT ON COLUMN mcp.task_idempotency_keys.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.task_idempotency_keys.expires_at IS 'From when on the key may be forgotten.';

CREATE TABLE mcp.workspaces (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    owner_id uuid,
    visibility mcp.workspace_visibility NOT NULL DEFAULT 'private',
    settings jsonb NOT NULL DEFAULT '{}',
    max_members integer CHECK (max_members >= 0),
    max_storage_bytes bigint CHECK (max_storage_bytes >= 0),
    current_storage_bytes bigint NOT NULL DEFAULT 0 CHECK (current_storage_bytes >= 0),
    max_documents integer CHECK (max_documents >= 0),
    current_documents integer NOT NULL DEFAULT 0 CHECK (current_documents >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    -- What members, documents and activities refer to, so that none can belong to another tenant than its workspace.
    UNIQUE (id, tenant_id)
);
ALTER TABLE mcp.workspaces OWNER TO mcp_owner;
REVOKE ALL ON mcp.workspaces FROM PUBLIC, mcp_application, mcp_readonly;
-- The counters are the quota trigger's alone: a program that wrote them would lift its own limits.
GRANT SELECT, DELETE,
    INSERT (id, tenant_id, name, description, owner_id, visibility, settings, max_members, max_storage_bytes,
        max_documents, created_at, updated_at, deleted_at),
    UPDATE (id, tenant_id, name, description, owner_id, visibility, settings, max_members, max_storage_bytes,
        max_documents, created_at, updated_at, deleted_at)
    ON mcp.workspaces TO mcp_application;
GRANT SELECT ON mcp.workspaces TO mcp_readonly;

ALTER TABLE mcp.workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workspaces
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workspaces_tenant_idx ON mcp.workspaces (tenant_id, created_at DESC);
CREATE INDEX workspaces_name_idx ON mcp.workspaces (tenant_id, name) WHERE deleted_at IS NULL;

CREATE TRIGGER workspaces_updated_at BEFORE UPDATE ON mcp.workspaces
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER workspaces_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.workspaces
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('-current_documents', '-current_storage_bytes');

COMMENT ON TABLE mcp.workspaces IS
    'Where agents and users of a tenant work together: members, documents, and limits for both.';
COMMENT ON COLUMN mcp.workspaces.id IS 'Key.';
COMMENT ON COLUMN mcp.workspaces.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workspaces.name IS 'What its members call it.';
COMMENT ON COLUMN mcp.workspaces.description IS 'What it is for.';
COMMENT ON COLUMN mcp.workspaces.owner_id IS 'The user or agent that it belongs to.';
COMMENT ON COLUMN mcp.workspaces.visibility IS 'Who may find it.';
COMMENT ON COLUMN mcp.workspaces.settings IS 'What the platform keeps about it.';
COMMENT ON COLUMN mcp.workspaces.max_members IS 'How many members it may have; NULL for any number.';
COMMENT ON COLUMN mcp.workspaces.max_storage_bytes IS 'How many bytes its documents may have; NULL for any number.';
COMMENT ON COLUMN mcp.workspaces.current_storage_bytes IS
    'Bytes of its documents, without deleted ones; kept by a trigger of shared_documents.';
COMMENT ON COLUMN mcp.workspaces.max_documents IS 'How many documents it may have; NULL for any number.';
COMMENT ON COLUMN mcp.workspaces.current_documents IS
    'Number of its documents, without deleted ones; kept by a trigger of shared_documents.';
COMMENT ON COLUMN mcp.workspaces.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.workspaces.updated_at IS
    'When the row, or what it counts, was last changed; kept by triggers.';
COMMENT ON COLUMN mcp.workspaces.deleted_at IS 'When the platform deleted it; NULL while it has not.';
COMMENT ON TRIGGER workspaces_audit ON mcp.workspaces IS
    'Not of the counters: a document that comes or goes has a row of its own in audit_log.';

CREATE TABLE mcp.workspace_members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    agent_id varchar(255),
    user_id uuid,
    role mcp.member_role NOT NULL DEFAULT 'viewer',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workspace_members_one_kind CHECK (num_nonnulls(agent_id, user_id) = 1),
    FOREIGN KEY (workspace_id, tenant_id) REFERENCES mcp.workspaces (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.workspace_members OWNER TO mcp_owner;
REVOKE ALL ON mcp.workspace_members FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.workspace_members TO mcp_application;
GRANT SELECT ON mcp.workspace_members TO mcp_readonly;

ALTER TABLE mcp.workspace_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workspace_members
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workspace_members_workspace_idx ON mcp.workspace_members (workspace_id, tenant_id);
CREATE UNIQUE INDEX workspace_members_agent_idx ON mcp.workspace_members (tenant_id, agent_id, workspace_id)
    WHERE agent_id IS NOT NULL;
CREATE UNIQUE INDEX workspace_members_user_idx ON mcp.workspace_members (tenant_id, user_id, workspace_id)
    WHERE user_id IS NOT NULL;

CREATE TRIGGER workspace_members_updated_at BEFORE UPDATE ON mcp.workspace_members
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.workspace_members IS
    'Who works in a workspace: an agent or a user a row. A trigger keeps them within max_members.';
COMMENT ON COLUMN mcp.workspace_members.id IS 'Key.';
COMMENT ON COLUMN mcp.workspace_members.tenant_id IS
    'Whose row it is, as of the workspace; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workspace_members.workspace_id IS 'The workspace.';
COMMENT ON COLUMN mcp.workspace_members.agent_id IS 'The agent; NULL for a user. Once in a workspace.';
COMMENT ON COLUMN mcp.workspace_members.user_id IS 'The user; NULL for an agent. Once in a workspace.';
COMMENT ON COLUMN mcp.workspace_members.role IS 'What the member may do there.';
COMMENT ON COLUMN mcp.workspace_members.created_at IS 'When the row was made: when the member joined.';
COMMENT ON COLUMN mcp.workspace_members.updated_at IS 'When the row was last changed; kept by a trigger.';
COMMENT ON CONSTRAINT workspace_members_one_kind ON mcp.workspace_members IS 'A member is an agent or a user.';

CREATE TABLE mcp.workspace_activities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    actor varchar(255),
    activity_type varchar(100) NOT NULL,
    target_type varchar(100),
    target_id uuid,
    details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (workspace_id, tenant_id) REFERENCES mcp.workspaces (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.workspace_activities OWNER TO mcp_owner;
REVOKE ALL ON mcp.workspace_activities FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT ON mcp.workspace_activities TO mcp_application;
GRANT SELECT ON mcp.workspace_activities TO mcp_readonly;

ALTER TABLE mcp.workspace_activities ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workspace_activities
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workspace_activities_workspace_idx
    ON mcp.workspace_activities (workspace_id, tenant_id, created_at DESC);
CREATE INDEX workspace_activities_tenant_idx ON mcp.workspace_activities (tenant_id, created_at DESC);

COMMENT ON TABLE mcp.workspace_activities IS
    'What happened in a workspace, for its members to read. Rows are added, never changed.';
COMMENT ON COLUMN mcp.workspace_activities.id IS 'Key.';
COMMENT ON COLUMN mcp.workspace_activities.tenant_id IS
    'Whose row it is, as of the workspace; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workspace_activities.workspace_id IS 'The workspace.';
COMMENT ON COLUMN mcp.workspace_activities.actor IS 'The agent or user that did it; NULL for the platform itself.';
COMMENT ON COLUMN mcp.workspace_activities.activity_type IS 'What was done, as the platform names it.';
COMMENT ON COLUMN mcp.workspace_activities.target_type IS 'What kind of thing it was done to.';
COMMENT ON COLUMN mcp.workspace_activities.target_id IS 'Key of that thing.';
COMMENT ON COLUMN mcp.workspace_activities.details IS 'A JSON object with more about it.';
COMMENT ON COLUMN mcp.workspace_activities.created_at IS 'When it was done.';

CREATE TABLE mcp.shared_documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    title varchar(500) NOT NULL,
    content_type varchar(100) NOT NULL DEFAULT 'text/plain',
    content text NOT NULL DEFAULT '',
    size_bytes bigint NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
    version bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_by varchar(255),
    updated_by varchar(255),
    locked_by varchar(255),
    lock_expires_at timestamptz,
    metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT shared_documents_lock CHECK ((locked_by IS NULL) = (lock_expires_at IS NULL)),
    FOREIGN KEY (workspace_id, tenant_id) REFERENCES mcp.workspaces (id, tenant_id) ON DELETE CASCADE,
    -- What operations and conflicts refer to, so that none can belong to another tenant than its document.
    UNIQUE (id, tenant_id)
);
ALTER TABLE mcp.shared_documents OWNER TO mcp_owner;
REVOKE ALL ON mcp.shared_documents FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.shared_documents TO mcp_application;
GRANT SELECT ON mcp.shared_documents TO mcp_readonly;

ALTER TABLE mcp.shared_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.shared_documents
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX shared_documents_workspace_idx ON mcp.shared_documents (workspace_id, tenant_id, created_at DESC);
CREATE INDEX shared_documents_tenant_idx ON mcp.shared_documents (tenant_id, updated_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX shared_documents_lock_expiry_idx ON mcp.shared_documents (lock_expires_at)
    WHERE lock_expires_at IS NOT NULL;

CREATE TRIGGER shared_documents_updated_at BEFORE UPDATE ON mcp.shared_documents
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER shared_documents_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.shared_documents
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('content');

COMMENT ON TABLE mcp.shared_documents IS
    'Documents that the members of a workspace write together. A trigger keeps them within the workspace''s limits.';
COMMENT ON COLUMN mcp.shared_documents.id IS 'Key.';
COMMENT ON COLUMN mcp.shared_documents.tenant_id IS
    'Whose row it is, as of the workspace; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.shared_documents.workspace_id IS 'The workspace.';
COMMENT ON COLUMN mcp.shared_documents.title IS 'One line.';
COMMENT ON COLUMN mcp.shared_documents.content_type IS 'Media type of the content.';
COMMENT ON COLUMN mcp.shared_documents.content IS 'The text as it stands.';
COMMENT ON COLUMN mcp.shared_documents.size_bytes IS
    'Bytes of the content: what the workspace''s storage counts, whatever their size on disk.';
COMMENT ON COLUMN mcp.shared_documents.version IS 'Counted up by the platform with each change of the content.';
COMMENT ON COLUMN mcp.shared_documents.created_by IS 'The agent or user that made it.';
COMMENT ON COLUMN mcp.shared_documents.updated_by IS 'The agent or user that changed it last.';
COMMENT ON COLUMN mcp.shared_documents.locked_by IS 'The agent or user that writes alone for now; NULL for nobody.';
COMMENT ON COLUMN mcp.shared_documents.lock_expires_at IS 'When that ends by itself.';
COMMENT ON COLUMN mcp.shared_documents.metadata IS 'A JSON object of the writer''s.';
COMMENT ON COLUMN mcp.shared_documents.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.shared_documents.updated_at IS 'When the row was last changed; kept by a trigger.';
COMMENT ON COLUMN mcp.shared_documents.deleted_at IS
    'When the platform deleted it; NULL while it has not. A deleted document is not counted, and its return is.';
COMMENT ON TRIGGER shared_documents_audit ON mcp.shared_documents IS
    'Without the content, which may be of any length: that it changed is told, and size_bytes before and after.';

-- SECURITY DEFINER: the counters are nobody's to write but the owner's, and members are counted whatever the session
-- sees. It reaches no row of another tenant: it runs after the policies and the foreign keys have checked the rows of
-- the statement, and these bind a row to a workspace of its own tenant.
-- row_security = off: a policy that binds the owner (FORCE) is an error, not a smaller count.
-- Once a statement and not once a row: all workspaces that it touches are locked in the order of their keys, so two
-- statements that move rows to and fro do not wait for each other.
CREATE FUNCTION mcp.validate_workspace_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
    changes refcursor;
    change record;
    space mcp.workspaces;
    members bigint;
    excess record;
BEGIN
    CASE TG_TABLE_NAME || ' ' || TG_OP
        WHEN 'workspace_members INSERT' THEN
            OPEN changes FOR
                SELECT a.workspace_id, count(*) AS members, 0 AS documents, 0 AS bytes
                FROM added AS a
                GROUP BY a.workspace_id
                ORDER BY a.workspace_id;
        WHEN 'workspace_members UPDATE' THEN
            OPEN changes FOR
                SELECT c.workspace_id, sum(c.members) AS members, 0 AS documents, 0 AS bytes
                FROM (
                    SELECT a.workspace_id, 1 FROM added AS a UNION ALL SELECT r.workspace_id, -1 FROM removed AS r
                ) AS c (workspace_id, members)
                GROUP BY c.workspace_id
                HAVING sum(c.members) > 0
                ORDER BY c.workspace_id;
        WHEN 'shared_documents INSERT' THEN
            OPEN changes FOR
                SELECT a.workspace_id, 0 AS members, count(*) AS documents, sum(a.size_bytes) AS bytes
                FROM added AS a
                WHERE a.deleted_at IS NULL
                GROUP BY a.workspace_id
                ORDER BY a.workspace_id;
        WHEN 'shared_documents UPDATE' THEN
            OPEN changes FOR
                SELECT c.workspace_id, 0 AS members, sum(c.documents) AS documents, sum(c.bytes) AS bytes
                FROM (
                    SELECT a.workspace_id, 1, a.size_bytes FROM added AS a WHERE a.deleted_at IS NULL
                    UNION ALL
                    SELECT r.workspace_id, -1, - r.size_bytes FROM removed AS r WHERE r.deleted_at IS NULL
                ) AS c (workspace_id, documents, bytes)
                GROUP BY c.workspace_id
                HAVING sum(c.documents) <> 0 OR sum(c.bytes) <> 0
                ORDER BY c.workspace_id;
        WHEN 'shared_documents DELETE' THEN
            OPEN changes FOR
                SELECT r.workspace_id, 0 AS members, - count(*) AS documents, - sum(r.size_bytes) AS bytes
                FROM removed AS r
                WHERE r.deleted_at IS NULL
                GROUP BY r.workspace_id
                ORDER BY r.workspace_id;
        WHEN 'shared_documents TRUNCATE' THEN
            UPDATE mcp.workspaces AS w SET current_documents = 0, current_storage_bytes = 0
            WHERE (w.current_documents, w.current_storage_bytes) <> (0, 0);
            RETURN NULL;
    END CASE;

    LOOP
        FETCH changes INTO change;
        EXIT WHEN NOT FOUND;

        -- Locks the workspace: whoever comes second waits here, and goes on from what the first has left. It is
        -- changed for members as well, who have no counter: under REPEATABLE READ a session whose snapshot is older
        -- then fails (40001) instead of counting what it shows.
        UPDATE mcp.workspaces AS w SET
            current_documents = w.current_documents + change.documents,
            current_storage_bytes = w.current_storage_bytes + change.bytes
        WHERE w.id = change.workspace_id
        RETURNING w.* INTO space;
        -- It was deleted, and its rows go with it.
        CONTINUE WHEN NOT FOUND;

        members := CASE WHEN change.members > 0 AND space.max_members IS NOT NULL THEN
            (SELECT count(*) FROM mcp.workspace_members AS m WHERE m.workspace_id = change.workspace_id)
        END;
        -- Only what grows is measured: a limit that was lowered below what is there keeps nobody from tidying up.
        SELECT q.* INTO excess
        FROM (VALUES
            ('max_members', 'members', space.max_members::bigint, members, change.members),
            ('max_documents', 'documents', space.max_documents, space.current_documents, change.documents),
            ('max_storage_bytes', 'bytes', space.max_storage_bytes, space.current_storage_bytes, change.bytes)
        ) AS q (quota, things, allowed, present, wanted)
        WHERE q.wanted > 0 AND q.present > q.allowed
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'workspace % would pass its limit of % %: it has %, and % more are wanted',
                change.workspace_id, excess.allowed, excess.things, excess.present - excess.wanted, excess.wanted
                USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'workspaces', COLUMN = excess.quota,
                    CONSTRAINT = 'workspaces_' || excess.quota,
                    HINT = format('Raise %s of the workspace, or remove something from it first.', excess.quota);
        END IF;
    END LOOP;
    CLOSE changes;
    RETURN NULL;
END
$$;
ALTER FUNCTION mcp.validate_workspace_quota() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_workspace_quota() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_workspace_quota() IS
    'Trigger of workspace_members and shared_documents, once a statement: refuses what passes a limit of the workspace '
    '(23514, constraint workspaces_max_members, workspaces_max_documents or workspaces_max_storage_bytes), under a '
    'lock on the workspace''s row, and keeps current_documents and current_storage_bytes.';

CREATE TRIGGER workspace_members_quota_insert
    AFTER INSERT ON mcp.workspace_members
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER workspace_members_quota_insert ON mcp.workspace_members IS 'Keeps a workspace within max_members.';

CREATE TRIGGER workspace_members_quota_update
    AFTER UPDATE ON mcp.workspace_members
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER workspace_members_quota_update ON mcp.workspace_members IS
    'Keeps a workspace that members move to within max_members.';

CREATE TRIGGER shared_documents_quota_insert
    AFTER INSERT ON mcp.shared_documents
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_insert ON mcp.shared_documents IS
    'Keeps a workspace within its limits, and its counters exact.';

CREATE TRIGGER shared_documents_quota_update
    AFTER UPDATE ON mcp.shared_documents
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_update ON mcp.shared_documents IS
    'Keeps the workspaces of documents that grow, move, are deleted or return within their limits.';

CREATE TRIGGER shared_documents_quota_delete
    AFTER DELETE ON mcp.shared_documents
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_delete ON mcp.shared_documents IS 'Keeps the counters exact.';

CREATE TRIGGER shared_documents_quota_truncate
    AFTER TRUNCATE ON mcp.shared_documents
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_truncate ON mcp.shared_documents IS 'Keeps the counters exact.';

CREATE TABLE mcp.document_operations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    sequence_number bigint NOT NULL CHECK (sequence_number >= 1),
    operation_type varchar(50) NOT NULL,
    operation jsonb NOT NULL,
    vector_clock jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(vector_clock) = 'object'),
    author varchar(255),
    is_applied boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (document_id, tenant_id, sequence_number),
    FOREIGN KEY (document_id, tenant_id) REFERENCES mcp.shared_documents (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.document_operations OWNER TO mcp_owner;
REVOKE ALL ON mcp.document_operations FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.document_operations TO mcp_application;
GRANT SELECT ON mcp.document_operations TO mcp_readonly;

ALTER TABLE mcp.document_operations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.document_operations
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX document_operations_tenant_idx ON mcp.document_operations (tenant_id, created_at DESC);
CREATE INDEX document_operations_pending_idx ON mcp.document_operations (document_id, sequence_number)
    WHERE NOT is_applied;

COMMENT ON TABLE mcp.document_operations IS
    'The changes of a shared document, in the order in which they are applied to it.';
COMMENT ON COLUMN mcp.document_operations.id IS 'Key.';
COMMENT ON COLUMN mcp.document_operations.tenant_id IS
    'Whose row it is, as of the document; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.document_operations.document_id IS 'The document.';
COMMENT ON COLUMN mcp.document_operations.sequence_number IS
    'Its place among the operations of the document, from 1. Two writers of one number: the second fails.';
COMMENT ON COLUMN mcp.document_operations.operation_type IS 'What is done, as the platform names it.';
COMMENT ON COLUMN mcp.document_operations.operation IS 'The operation itself.';
COMMENT ON COLUMN mcp.document_operations.vector_clock IS
    'A JSON object, author to the number of their operations that this one had seen.';
COMMENT ON COLUMN mcp.document_operations.author IS 'The agent or user that made it.';
COMMENT ON COLUMN mcp.document_operations.is_applied IS 'Whether the content of the document has it.';
COMMENT ON COLUMN mcp.document_operations.created_at IS 'When the row was made.';

CREATE TABLE mcp.conflict_resolutions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    conflict_type varchar(50) NOT NULL,
    conflict jsonb NOT NULL,
    strategy varchar(50),
    resolution jsonb,
    resolved_by varchar(255),
    resolved_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (document_id, tenant_id) REFERENCES mcp.shared_documents (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.conflict_resolutions OWNER TO mcp_owner;
REVOKE ALL ON mcp.conflict_resolutions FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.conflict_resolutions TO mcp_application;
GRANT SELECT ON mcp.conflict_resolutions TO mcp_readonly;

ALTER TABLE mcp.conflict_resolutions ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.conflict_resolutions
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX conflict_resolutions_document_idx ON mcp.conflict_resolutions (document_id, tenant_id);
CREATE INDEX conflict_resolutions_tenant_idx ON mcp.conflict_resolutions (tenant_id, created_at DESC);
CREATE INDEX conflict_resolutions_open_idx ON mcp.conflict_resolutions (tenant_id, created_at)
    WHERE resolved_at IS NULL;

COMMENT ON TABLE mcp.conflict_resolutions IS
    'Operations of a shared document that contradict each other, and how that was settled.';
COMMENT ON COLUMN mcp.conflict_resolutions.id IS 'Key.';
COMMENT ON COLUMN mcp.conflict_resolutions.tenant_id IS
    'Whose row it is, as of the document; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.conflict_resolutions.document_id IS 'The document.';
COMMENT ON COLUMN mcp.conflict_resolutions.conflict_type IS 'What kind of conflict it is, as the platform names it.';
COMMENT ON COLUMN mcp.conflict_resolutions.conflict IS 'The operations that contradict each other.';
COMMENT ON COLUMN mcp.conflict_resolutions.strategy IS 'How it was settled, as the platform names it.';
COMMENT ON COLUMN mcp.conflict_resolutions.resolution IS 'What came of it.';
COMMENT ON COLUMN mcp.conflict_resolutions.resolved_by IS 'The agent or user that settled it; NULL for the platform.';
COMMENT ON COLUMN mcp.conflict_resolutions.resolved_at IS 'When it was settled; NULL while it is open.';
COMMENT ON COLUMN mcp.conflict_resolutions.created_at IS 'When the row was made: when the conflict was noticed.';

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

-- Days and their window are those of UTC, whatever the zone of whoever refreshes or reads: now() is turned into a
-- UTC timestamp before it is truncated. Sums are exact (bigint, numeric), and so are the rates.
CREATE MATERIALIZED VIEW mcp.agent_cost_analytics AS
SELECT
    m.tenant_id,
    coalesce(m.agent_id, '') AS agent_id,
    (m."timestamp" AT TIME ZONE 'UTC')::date AS day,
    coalesce(m.model_provider, '') AS model_provider,
    coalesce(m.model_name, '') AS model_name,
    count(*) AS request_count,
    coalesce(sum(m.token_count), 0) AS total_tokens,
    coalesce(sum(m.cost_usd), 0) AS total_cost,
    avg(m.total_latency_ms) AS avg_latency,
    (count(*) FILTER (WHERE m.status IN ('failure', 'timeout')))::numeric / count(*) AS error_rate,
    (count(*) FILTER (WHERE m.status = 'fallback'))::numeric / count(*) AS fallback_rate
FROM mcp.embedding_metrics AS m
WHERE m."timestamp" >= (date_trunc('day', now() AT TIME ZONE 'UTC') - interval '29 days') AT TIME ZONE 'UTC'
    AND m."timestamp" < (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC'
GROUP BY 1, 2, 3, 4, 5;
ALTER MATERIALIZED VIEW mcp.agent_cost_analytics OWNER TO mcp_owner;
REVOKE ALL ON mcp.agent_cost_analytics FROM PUBLIC, mcp_application, mcp_readonly;

CREATE UNIQUE INDEX agent_cost_analytics_key
    ON mcp.agent_cost_analytics (tenant_id, agent_id, day, model_provider, model_name);

COMMENT ON MATERIALIZED VIEW mcp.agent_cost_analytics IS
    'What each agent asked of each model on each day, and what it cost: the 30 whole UTC days up to and including '
    'the day of the last refresh. Row-level security cannot stand on it, so application roles have no grant; tenants '
    'read tenant_agent_cost_analytics.';
COMMENT ON COLUMN mcp.agent_cost_analytics.tenant_id IS 'The tenant.';
COMMENT ON COLUMN mcp.agent_cost_analytics.agent_id IS 'The agent; empty, never NULL, for requests without one.';
COMMENT ON COLUMN mcp.agent_cost_analytics.day IS 'The UTC date of the requests.';
COMMENT ON COLUMN mcp.agent_cost_analytics.model_provider IS 'The provider that was asked first.';
COMMENT ON COLUMN mcp.agent_cost_analytics.model_name IS 'The model that was asked for.';
COMMENT ON COLUMN mcp.agent_cost_analytics.request_count IS 'Number of requests.';
COMMENT ON COLUMN mcp.agent_cost_analytics.total_tokens IS 'Sum of their tokens; unknown ones count as 0.';
COMMENT ON COLUMN mcp.agent_cost_analytics.total_cost IS 'Sum of their cost in US dollars; unknown ones count as 0.';
COMMENT ON COLUMN mcp.agent_cost_analytics.avg_latency IS
    'Average of their total_latency_ms where it is known; NULL when it is known of none.';
COMMENT ON COLUMN mcp.agent_cost_analytics.error_rate IS 'Share of requests that ended in failure or timeout, 0 to 1.';
COMMENT ON COLUMN mcp.agent_cost_analytics.fallback_rate IS
    'Share of requests that another provider answered, 0 to 1.';

-- The view reads with its owner's rights (no security_invoker): its readers have no grant on the materialized view.
-- security_barrier keeps a reader's own functions from seeing rows before the tenant's condition has dropped them.
CREATE VIEW mcp.tenant_agent_cost_analytics WITH (security_barrier) AS
SELECT
    a.tenant_id, a.agent_id, a.day, a.model_provider, a.model_name, a.request_count, a.total_tokens, a.total_cost,
    a.avg_latency, a.error_rate, a.fallback_rate
FROM mcp.agent_cost_analytics AS a
WHERE a.tenant_id = (SELECT mcp.current_tenant_id());
ALTER VIEW mcp.tenant_agent_cost_analytics OWNER TO mcp_owner;
REVOKE ALL ON mcp.tenant_agent_cost_analytics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.tenant_agent_cost_analytics TO mcp_application, mcp_readonly;

COMMENT ON VIEW mcp.tenant_agent_cost_analytics IS
    'agent_cost_analytics for the tenant of the session (the setting app.current_tenant).';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.tenant_id IS 'The tenant of the session.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.agent_id IS 'The agent; empty for requests without one.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.day IS 'The UTC date of the requests.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.model_provider IS 'The provider that was asked first.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.model_name IS 'The model that was asked for.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.request_count IS 'Number of requests.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.total_tokens IS 'Sum of their tokens.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.total_cost IS 'Sum of their cost in US dollars.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.avg_latency IS 'Average of their total_latency_ms, where known.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.error_rate IS 'Share that ended in failure or timeout, 0 to 1.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.fallback_rate IS 'Share that another provider answered, 0 to 1.';

CREATE MATERIALIZED VIEW mcp.active_embedding_models AS
SELECT
    m.id, m.provider, m.model_name, m.model_version, m.model_id, m.model_type, m.dimensions, m.min_dimensions,
    m.max_tokens, m.supports_binary, m.supports_dimensionality_reduction, m.cost_per_million_tokens, m.capabilities,
    m.deprecated_at, m.sunset_at
FROM mcp.embedding_models AS m
WHERE m.is_active
    AND (m.deprecated_at IS NULL OR m.deprecated_at > now())
    AND (m.sunset_at IS NULL OR m.sunset_at > now());
ALTER MATERIALIZED VIEW mcp.active_embedding_models OWNER TO mcp_owner;
REVOKE ALL ON mcp.active_embedding_models FROM PUBLIC, mcp_application, mcp_readonly;

CREATE UNIQUE INDEX active_embedding_models_key ON mcp.active_embedding_models (id);

COMMENT ON MATERIALIZED VIEW mcp.active_embedding_models IS
    'The models of the registry that were active, and neither deprecated nor past their sunset, at the last refresh. '
    'Application roles read it through get_available_models().';
COMMENT ON COLUMN mcp.active_embedding_models.id IS 'Key of the model in embedding_models.';
COMMENT ON COLUMN mcp.active_embedding_models.provider IS 'Who serves the model.';
COMMENT ON COLUMN mcp.active_embedding_models.model_name IS 'The model''s name at its provider.';
COMMENT ON COLUMN mcp.active_embedding_models.model_version IS 'The provider''s version; empty where there is none.';
COMMENT ON COLUMN mcp.active_embedding_models.model_id IS 'What the provider''s interface wants as its identifier.';
COMMENT ON COLUMN mcp.active_embedding_models.model_type IS 'What the model embeds: text, code or multimodal.';
COMMENT ON COLUMN mcp.active_embedding_models.dimensions IS 'Dimensions of its vectors.';
COMMENT ON COLUMN mcp.active_embedding_models.min_dimensions IS 'Fewest dimensions that it can be asked for.';
COMMENT ON COLUMN mcp.active_embedding_models.max_tokens IS 'Longest input, in tokens of the model.';
COMMENT ON COLUMN mcp.active_embedding_models.supports_binary IS 'Whether it can return binary vectors.';
COMMENT ON COLUMN mcp.active_embedding_models.supports_dimensionality_reduction IS
    'Whether it can be asked for fewer dimensions.';
COMMENT ON COLUMN mcp.active_embedding_models.cost_per_million_tokens IS
    'Price of a million input tokens, in US dollars.';
COMMENT ON COLUMN mcp.active_embedding_models.capabilities IS 'Further properties, a JSON object.';
COMMENT ON COLUMN mcp.active_embedding_models.deprecated_at IS 'When it will be deprecated, where that is known.';
COMMENT ON COLUMN mcp.active_embedding_models.sunset_at IS 'When its provider will stop, where that is known.';

-- SECURITY DEFINER: application roles have no grant on a materialized view, on which row-level security cannot stand.
-- The registry holds nothing of any tenant. The dates are compared once more: a model may have passed one of them
-- since the last refresh.
CREATE FUNCTION mcp.get_available_models(wanted_provider text DEFAULT NULL, wanted_type text DEFAULT NULL)
RETURNS TABLE (
    id uuid,
    provider varchar,
    model_name varchar,
    model_version varchar,
    model_id varchar,
    model_type varchar,
    dimensions integer,
    min_dimensions integer,
    max_tokens integer,
    supports_binary boolean,
    supports_dimensionality_reduction boolean,
    cost_per_million_tokens numeric,
    capabilities jsonb,
    deprecated_at timestamptz,
    sunset_at timestamptz
)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        a.id, a.provider, a.model_name, a.model_version, a.model_id, a.model_type, a.dimensions, a.min_dimensions,
        a.max_tokens, a.supports_binary, a.supports_dimensionality_reduction, a.cost_per_million_tokens,
        a.capabilities, a.deprecated_at, a.sunset_at
    FROM mcp.active_embedding_models AS a
    WHERE (wanted_provider IS NULL OR a.provider = wanted_provider)
        AND (wanted_type IS NULL OR a.model_type = wanted_type)
        AND (a.deprecated_at IS NULL OR a.deprecated_at > now())
        AND (a.sunset_at IS NULL OR a.sunset_at > now())
    ORDER BY a.provider, a.model_name, a.model_version
$$;
ALTER FUNCTION mcp.get_available_models(text, text) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.get_available_models(text, text) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.get_available_models(text, text) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.get_available_models(text, text) IS
    'The models that a caller may pick now, by provider, name and version; of one provider or one type (text, code, '
    'multimodal) where it is given. A model added since the last refresh of active_embedding_models is not there yet.';

-- SECURITY DEFINER: up to PostgreSQL 16 only the owner may refresh, and the caller needs no more than EXECUTE.
-- row_security = off: a policy that binds the owner (FORCE) is an error, not an empty result.
CREATE FUNCTION mcp.refresh_cost_analytics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
    IF (SELECT c.relispopulated FROM pg_class AS c WHERE c.oid = 'mcp.agent_cost_analytics'::regclass) THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY mcp.agent_cost_analytics;
    ELSE
        REFRESH MATERIALIZED VIEW mcp.agent_cost_analytics;
    END IF;
END
$$;
ALTER FUNCTION mcp.refresh_cost_analytics() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.refresh_cost_analytics() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.refresh_cost_analytics() IS
    'Brings agent_cost_analytics up to date without blocking its readers. Two calls wait for each other.';
