-- Takes back what migration 1 of pgtend makes, for golang-migrate. Generated from
-- sql/mcp/migrations/0001_consolidated_schema by "make generate": change the files there, never this one.
-- The tool sends it as one query, which the server runs as one transaction: leave x-multi-statement off. In psql
-- use --single-transaction.
SET LOCAL search_path = '';

-- Takes migration 1 back, as a whole or not at all. Nothing is dropped by CASCADE: what is not of the migration and
-- depends on it, or stands in the schema that it made, is named in an error. What is not there is passed over, so that
-- a database that has the schema in part can be brought to nothing as well.
-- With a table go its rows, its partitions, and what others put upon it: indexes, columns, triggers, policies, grants.

DO $$
DECLARE
    later integer;
BEGIN
    IF to_regclass('pgtend.schema_migrations') IS NOT NULL THEN
        SELECT max(m.number) INTO later FROM pgtend.schema_migrations AS m WHERE m.number > 1;
    END IF;
    IF later IS NOT NULL THEN
        RAISE EXCEPTION 'migration 1 cannot be taken back before migration %, which came after it', later
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END
$$;

-- What stands in schema mcp, a line each; what has such a name and is of another kind is somebody else's. One statement drops all of a kind, whatever depends on what among them.
-- Functions have the types of their arguments, those of extensions without their schema.
DO $$
DECLARE
    statement text;
    dependents text;
BEGIN
    FOR statement IN
        WITH own (kind, name) AS (VALUES
            ('VIEW', 'tenant_agent_cost_analytics'),

            ('MATERIALIZED VIEW', 'active_embedding_models'),
            ('MATERIALIZED VIEW', 'agent_cost_analytics'),

            ('TABLE', 'agent_configs'),
            ('TABLE', 'agents'),
            ('TABLE', 'api_key_usage'),
            ('TABLE', 'api_keys'),
            ('TABLE', 'audit_log'),
            ('TABLE', 'conflict_resolutions'),
            ('TABLE', 'context_items'),
            ('TABLE', 'contexts'),
            ('TABLE', 'document_operations'),
            ('TABLE', 'embedding_cache'),
            ('TABLE', 'embedding_metrics'),
            ('TABLE', 'embedding_models'),
            ('TABLE', 'embedding_searches'),
            ('TABLE', 'embedding_statistics'),
            ('TABLE', 'embedding_term_statistics'),
            ('TABLE', 'embeddings'),
            ('TABLE', 'events'),
            ('TABLE', 'integrations'),
            ('TABLE', 'models'),
            ('TABLE', 'projection_matrices'),
            ('TABLE', 'shared_documents'),
            ('TABLE', 'task_delegation_history'),
            ('TABLE', 'task_delegations'),
            ('TABLE', 'task_idempotency_keys'),
            ('TABLE', 'task_state_transitions'),
            ('TABLE', 'tasks'),
            ('TABLE', 'tenant_config'),
            ('TABLE', 'users'),
            ('TABLE', 'webhook_configs'),
            ('TABLE', 'workflow_executions'),
            ('TABLE', 'workflows'),
            ('TABLE', 'workspace_activities'),
            ('TABLE', 'workspace_members'),
            ('TABLE', 'workspaces'),

            ('FUNCTION', 'active_projection(uuid, integer)'),
            ('FUNCTION', 'audit_row_change()'),
            ('FUNCTION', 'bm25_score(double precision, double precision, double precision, double precision, '
                'double precision, double precision, double precision)'),
            ('FUNCTION', 'current_tenant_id()'),
            ('FUNCTION', 'find_api_key(text)'),
            ('FUNCTION', 'get_available_models(text, text)'),
            ('FUNCTION', 'insert_embedding(text, vector, uuid, text, text, text, uuid, integer, integer, text, text, '
                'text, jsonb, numeric, integer)'),
            ('FUNCTION', 'is_projection_matrix(vector[], integer, integer)'),
            ('FUNCTION', 'jsonb_merge_recursive(jsonb, jsonb)'),
            ('FUNCTION', 'normalize_embedding(vector, integer, uuid)'),
            ('FUNCTION', 'reciprocal_rank_fusion(bigint[], double precision)'),
            ('FUNCTION', 'refresh_cost_analytics()'),
            ('FUNCTION', 'search_embeddings(text, vector, uuid, text, integer, double precision, text, uuid, jsonb)'),
            ('FUNCTION', 'update_content_tsvector()'),
            ('FUNCTION', 'update_embedding_statistics(uuid)'),
            ('FUNCTION', 'update_normalized_embedding()'),
            ('FUNCTION', 'update_updated_at_column()'),
            ('FUNCTION', 'validate_delegated_task()'),
            ('FUNCTION', 'validate_jsonb_keys(jsonb, text[], text[])'),
            ('FUNCTION', 'validate_projection_matrix()'),
            ('FUNCTION', 'validate_task_delegation()'),
            ('FUNCTION', 'validate_task_transition()'),
            ('FUNCTION', 'validate_workspace_quota()'),

            ('TYPE', 'delegation_type'),
            ('TYPE', 'member_role'),
            ('TYPE', 'task_priority'),
            ('TYPE', 'task_status'),
            ('TYPE', 'workflow_status'),
            ('TYPE', 'workflow_type'),
            ('TYPE', 'workspace_visibility')
        ),
        standing (kind, name, reference) AS (
            SELECT o.kind, o.name, format('mcp.%I', o.name)
            FROM own AS o
            JOIN pg_catalog.pg_class AS c ON c.relnamespace = to_regnamespace('mcp') AND c.relname = o.name
            WHERE (o.kind, c.relkind) IN (('VIEW', 'v'), ('MATERIALIZED VIEW', 'm'), ('TABLE', 'r'), ('TABLE', 'p'))
            UNION ALL
            SELECT o.kind, o.name, p.oid::regprocedure::text
            FROM own AS o
            JOIN pg_catalog.pg_proc AS p ON p.pronamespace = to_regnamespace('mcp')
            WHERE o.kind = 'FUNCTION' AND p.prokind = 'f'
                AND o.name = format('%s(%s)', p.proname, (
                    SELECT string_agg(regexp_replace(format_type(a.type, NULL), '^("([^"]|"")+"|\w+)\.', ''), ', '
                        ORDER BY a.place)
                    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)))
            UNION ALL
            SELECT o.kind, o.name, format('mcp.%I', o.name)
            FROM own AS o
            JOIN pg_catalog.pg_type AS t ON t.typnamespace = to_regnamespace('mcp') AND t.typname = o.name
            WHERE o.kind = 'TYPE' AND t.typtype = 'e'
        )
        SELECT format('DROP %s %s', s.kind, string_agg(s.reference, ', ' ORDER BY s.name))
        FROM standing AS s
        GROUP BY s.kind
        ORDER BY array_position(ARRAY['VIEW', 'MATERIALIZED VIEW', 'TABLE', 'FUNCTION', 'TYPE'], s.kind)
    LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            GET STACKED DIAGNOSTICS dependents = PG_EXCEPTION_DETAIL;
            RAISE EXCEPTION 'others depend on what the migration made'
                USING ERRCODE = 'dependent_objects_still_exist', DETAIL = dependents,
                    HINT = 'Drop what is named, or let it refer to something else, then take the schema back again.';
        END;
    END LOOP;
END
$$;

-- What is shared with others: each goes where it is recorded that the migration made it, and nobody else needs it. What
-- stays is named.
DO $$
DECLARE
    -- As the migration has written it: one that somebody has written since is kept.
    purpose constant text :=
        'The platform for AI agents: embeddings, their search statistics, their cost, and the audit trail. '
        'Every table with a tenant_id is bound by row-level security to the setting app.current_tenant.';
    records jsonb := '[]';
    entry record;
    statement text;
    others text;
BEGIN
    IF to_regclass('pgtend.created_objects') IS NOT NULL THEN
        SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]') INTO records FROM pgtend.created_objects AS m;
    END IF;

    -- Of the schema that the migration made: what belongs to an extension is not somebody's, but the extension is, if the
    -- migration did not make it. golang-migrate may keep its table there.
    SELECT string_agg(o.name, ', ' ORDER BY o.name) INTO others
    FROM pg_catalog.pg_depend AS d
    CROSS JOIN LATERAL pg_describe_object(d.classid, d.objid, 0) AS o (name)
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace('mcp')
        AND d.deptype = 'n'
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_extension AS x
            WHERE d.classid = 'pg_extension'::regclass AND x.oid = d.objid
                AND records @> jsonb_build_array(jsonb_build_object('kind', 'extension', 'name', x.extname)))
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_depend AS e
            WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
        AND (d.classid <> 'pg_class'::regclass OR d.objid IS DISTINCT FROM to_regclass('mcp.schema_migrations'));
    IF others IS NOT NULL AND records @> '[{"kind": "schema", "name": "mcp"}]' THEN
        RAISE EXCEPTION 'schema mcp holds what is not of the migration: %', others
            USING ERRCODE = 'dependent_objects_still_exist',
                HINT = 'Drop what is named, or move it to another schema, then take the schema back again.';
    END IF;

    FOREACH statement IN ARRAY ARRAY['schema_migrations', 'migration_steps', 'schema_steps', 'created_objects'] LOOP
        IF to_regclass('pgtend.' || statement) IS NOT NULL THEN
            EXECUTE 'DROP TABLE pgtend.' || statement;
        END IF;
    END LOOP;

    FOR entry IN
        WITH recorded AS (
            SELECT m.kind, m.name, m.detail, m.created_at, m.created_by, true AS is_recorded
            FROM jsonb_to_recordset(records) AS m (
                kind text, name text, detail text, created_at timestamptz, created_by text)
        ),
        shared (kind, name) AS (VALUES
            ('extension', 'vector'), ('extension', 'pg_trgm'), ('schema', 'mcp'), ('schema', 'pgtend'),
            ('role', 'mcp_owner'), ('role', 'mcp_application'), ('role', 'mcp_readonly')
        ),
        known AS (
            -- Whoever writes to the record has nothing else dropped than what the migration can have made.
            SELECT r.*
            FROM recorded AS r
            WHERE (r.kind, r.name) IN (SELECT s.kind, s.name FROM shared AS s)
                -- Of an owner or a comment that was replaced twice, the first is the one to end with.
                OR (r.kind IN ('owner', 'comment') AND r.name = 'mcp' AND NOT EXISTS (
                    SELECT
                    FROM recorded AS o
                    WHERE o.kind = r.kind AND o.name = r.name AND (o.created_at, o.detail) < (r.created_at, r.detail)))
                OR (r.kind = 'usage' AND ('role', r.detail) IN (SELECT s.kind, s.name FROM shared AS s))
            UNION ALL
            SELECT s.kind, s.name, NULL, NULL, NULL, false
            FROM shared AS s
            WHERE NOT EXISTS (SELECT FROM recorded AS r WHERE r.kind = s.kind AND r.name = s.name)
        )
        SELECT k.*
        FROM known AS k
        WHERE CASE k.kind
            WHEN 'extension' THEN EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = k.name)
            WHEN 'role' THEN to_regrole(quote_ident(k.name)) IS NOT NULL
            ELSE to_regnamespace(quote_ident(k.name)) IS NOT NULL
        END
        ORDER BY array_position(ARRAY['usage', 'extension', 'schema', 'owner', 'comment', 'role'], k.kind), k.name
    LOOP
        IF NOT entry.is_recorded THEN
            RAISE NOTICE '% % stays: it is not recorded that the migration made it', entry.kind, entry.name;
            CONTINUE;
        END IF;
        IF entry.kind = 'role' THEN
            SELECT string_agg(DISTINCT o.name, ', ') INTO others
            FROM (
                SELECT m.member::regrole::text
                FROM pg_catalog.pg_auth_members AS m
                WHERE m.roleid = entry.name::regrole
                    AND m.member IS DISTINCT FROM to_regrole(quote_ident(entry.created_by))
                UNION ALL
                SELECT m.roleid::regrole::text
                FROM pg_catalog.pg_auth_members AS m
                WHERE m.member = entry.name::regrole
            ) AS o (name);
            IF others IS NOT NULL THEN
                RAISE NOTICE 'role % stays: it has been granted to, or has been given, %', entry.name, others;
                CONTINUE;
            END IF;
        END IF;
        IF entry.kind = 'extension' THEN
            -- They would go with it without a word.
            SELECT string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', ') INTO others
            FROM pg_catalog.pg_extension AS e
            JOIN pg_catalog.pg_depend AS d
                ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'x'
            WHERE e.extname = entry.name;
            IF others IS NOT NULL THEN
                RAISE NOTICE 'extension % stays: what depends on it would go with it (%)', entry.name, others;
                CONTINUE;
            END IF;
        END IF;
        -- A schema that has just gone needs no owner.
        CONTINUE WHEN entry.kind IN ('owner', 'comment') AND to_regnamespace(quote_ident(entry.name)) IS NULL;
        CONTINUE WHEN entry.kind IN ('owner', 'usage') AND to_regrole(quote_ident(entry.detail)) IS NULL;
        IF entry.kind IN ('owner', 'comment') THEN
            SELECT CASE entry.kind
                    WHEN 'owner' THEN nullif(pg_get_userbyid(n.nspowner)::text, 'mcp_owner')
                    ELSE nullif(coalesce(obj_description(n.oid, 'pg_namespace'), 'none'), purpose)
                END INTO others
            FROM pg_catalog.pg_namespace AS n
            WHERE n.nspname = entry.name;
            IF others IS NOT NULL THEN
                RAISE NOTICE 'the % of schema % stays as it is: it has been changed since the migration (%)',
                    entry.kind, entry.name, others;
                CONTINUE;
            END IF;
        END IF;

        statement := CASE entry.kind
            WHEN 'usage' THEN format('REVOKE USAGE ON SCHEMA %I FROM %I', entry.name, entry.detail)
            WHEN 'owner' THEN format('ALTER SCHEMA %I OWNER TO %I', entry.name, entry.detail)
            WHEN 'comment' THEN format('COMMENT ON SCHEMA %I IS %L', entry.name, nullif(entry.detail, ''))
            ELSE format('DROP %s %I', entry.kind, entry.name)
        END;
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN dependent_objects_still_exist OR object_in_use THEN
            GET STACKED DIAGNOSTICS others = PG_EXCEPTION_DETAIL;
            RAISE NOTICE '% % stays: others need it', entry.kind, entry.name USING DETAIL = others;
        WHEN insufficient_privilege THEN
            -- The server asks for the right before it looks for who else needs it.
            IF entry.kind NOT IN ('role', 'extension') THEN
                RAISE;
            END IF;
            RAISE NOTICE '% % stays: %', entry.kind, entry.name, SQLERRM;
        END;
    END LOOP;
END
$$;
