/// Puts rows of three tenants into every table of the schema, and lists what a role can do to those of another tenant.
/// Both are led by the catalog alone: a table that is added tomorrow is probed tomorrow.
enum TenantProbe {
    static let (mine, theirs, writers) = (Schema.tenant(1), Schema.tenant(2), Schema.tenant(3))

    /// Tables without a tenant that roles may read.
    static let common = ["embedding_models", "models", "projection_matrices"]

    /// What a column is given where neither its type nor a list of values in a CHECK tells: table.column to SQL.
    private static let values = [
        // One of user_id and agent_id.
        "mcp.workspace_members.user_id": "gen_random_uuid()",
        "mcp.projection_matrices.matrix": "'{\"[1]\"}'",
        // What programs may add to the trail.
        "mcp.audit_log.action": "'SELECT'",
    ]

    /// An INSERT that gives what must be given, and refers to rows of the same tenant.
    private static let statement = """
        CREATE SCHEMA probe;
        CREATE FUNCTION probe.statement(target regclass, tenant text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            names text[] := '{}';
            literals text[] := '{}';
            literal text;
            referred record;
            a record;
        BEGIN
            FOR a IN
                SELECT attnum, attname, atttypid, atttypmod, atttypid::regtype::text AS type FROM pg_attribute
                WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND (attnotnull AND NOT atthasdef
                    OR target || '.' || attname IN (\(values.keys.map { "'\($0)'" }.joined(separator: ", "))))
                ORDER BY attnum
            LOOP
                SELECT k.confrelid::regclass AS parent, f.attname AS name INTO referred
                FROM pg_constraint k, unnest(k.conkey, k.confkey) AS p (own, other), pg_attribute f
                WHERE k.contype = 'f' AND k.conrelid = target AND p.own = a.attnum
                    AND f.attrelid = k.confrelid AND f.attnum = p.other AND f.attname <> 'tenant_id'
                LIMIT 1;
                SELECT coalesce(
                    (SELECT v.value FROM (VALUES \(values.map { "('\($0)', $v$\($1)$v$)" }.joined(separator: ", ")))
                        AS v (name, value) WHERE v.name = target || '.' || a.attname),
                    (SELECT quote_literal(substring(pg_get_constraintdef(k.oid) FROM '''([^'']*)''::'))
                        FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = target
                            AND k.conkey = ARRAY[a.attnum] AND pg_get_constraintdef(k.oid) LIKE '%= ANY (%ARRAY[%'),
                    (SELECT quote_literal(min(e.enumlabel)) FROM pg_enum e WHERE e.enumtypid = a.atttypid),
                    CASE
                        WHEN a.type LIKE '%[]' THEN '''{1}'''
                        WHEN a.type IN ('text', 'character varying') THEN quote_literal(left(gen_random_uuid()::text,
                            CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 36 END))
                        WHEN a.type = 'uuid' THEN quote_literal(gen_random_uuid())
                        WHEN a.type = 'jsonb' THEN '''{}'''
                        WHEN a.type LIKE 'timestamp%' THEN 'now()'
                        WHEN a.type = 'boolean' THEN 'true'
                        ELSE '1'
                    END) INTO literal;
                IF a.attname = 'tenant_id' THEN
                    literal := quote_literal(tenant);
                ELSIF referred.parent IS NOT NULL THEN
                    EXECUTE format('SELECT quote_literal(%I) FROM %s AS r WHERE to_jsonb(r) ->> ''tenant_id'' = %L '
                        'OR NOT to_jsonb(r) ? ''tenant_id'' ORDER BY tableoid, ctid LIMIT 1',
                        referred.name, referred.parent, tenant) INTO literal;
                END IF;
                names := names || quote_ident(a.attname);
                literals := literals || coalesce(literal, 'NULL');
            END LOOP;
            IF names = '{}' THEN RETURN format('INSERT INTO %s DEFAULT VALUES', target); END IF;
            RETURN format('INSERT INTO %s (%s) VALUES (%s)', target, array_to_string(names, ', '),
                array_to_string(literals, ', '));
        END $$;
        """

    /// Whose turn it is, and what a statement came to: the number of rows, or the SQLSTATE.
    private static let helpers = """
        CREATE FUNCTION probe.become(role text, tenant text) RETURNS void LANGUAGE sql AS
            $$ SELECT set_config('role', role, true), set_config('app.current_tenant', tenant, true) $$;
        CREATE FUNCTION probe.run(role text, tenant text, statement text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            number bigint;
        BEGIN
            PERFORM probe.become(role, tenant);
            EXECUTE statement;
            GET DIAGNOSTICS number = ROW_COUNT;
            PERFORM probe.become('none', '');
            RETURN number;
        EXCEPTION WHEN OTHERS THEN
            RETURN SQLSTATE;
        END $$;
        -- Undone at once, and without triggers and foreign keys: what is refused is refused by rights and policies.
        CREATE FUNCTION probe.attempt(role text, tenant text, statement text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            number bigint;
        BEGIN
            PERFORM set_config('session_replication_role', 'replica', true);
            PERFORM probe.become(role, tenant);
            EXECUTE statement;
            GET DIAGNOSTICS number = ROW_COUNT;
            RAISE EXCEPTION USING ERRCODE = 'UNDO1';
        EXCEPTION WHEN OTHERS THEN
            RETURN CASE WHEN SQLSTATE = 'UNDO1' THEN number::text ELSE SQLSTATE END;
        END $$;
        CREATE FUNCTION probe.number(role text, tenant text, query text) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            number bigint;
        BEGIN
            PERFORM probe.become(role, tenant);
            EXECUTE query INTO number;
            PERFORM probe.become('none', '');
            RETURN number;
        END $$;
        CREATE FUNCTION probe.may(role text, target oid, privilege text) RETURNS boolean LANGUAGE sql AS
            $$ SELECT has_table_privilege(role, target, privilege) OR privilege <> 'DELETE'
                AND has_any_column_privilege(role, target, privilege) $$;
        GRANT USAGE ON SCHEMA probe TO mcp_application, mcp_readonly;
        """

    /// Those that are referred to before those that refer. The third tenant's rows are the application's own work
    /// wherever it may insert at all: an INSERT that is refused to others is one that would have been right.
    private static let fill = """
        CREATE TABLE probe.findings (relation text, finding text);
        DO $$
        DECLARE
            t regclass;
            result text;
        BEGIN
            FOR t IN
                WITH RECURSIVE levels (oid, level) AS (
                    SELECT oid, 0 FROM pg_class
                    WHERE relnamespace = 'mcp'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                    UNION
                    SELECT k.conrelid, l.level + 1 FROM levels l JOIN pg_constraint k ON k.confrelid = l.oid
                    JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
                    WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND l.level < 20
                )
                SELECT oid FROM levels GROUP BY oid ORDER BY max(level), oid
            LOOP
                EXECUTE probe.statement(t, '\(mine)');
                CONTINUE WHEN NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = t AND attname = 'tenant_id');
                EXECUTE probe.statement(t, '\(theirs)');
                IF probe.may('mcp_application', t, 'INSERT') THEN
                    result := probe.run('mcp_application', '\(writers)', probe.statement(t, '\(writers)'));
                ELSE
                    result := probe.run('none', '', probe.statement(t, '\(writers)'));
                END IF;
                IF result <> '1' THEN
                    INSERT INTO probe.findings VALUES (t, 'an INSERT of a tenant''s own row came to ' || result);
                END IF;
            END LOOP;
            FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'mcp'::regnamespace AND relkind = 'm' LOOP
                EXECUTE format('REFRESH MATERIALIZED VIEW %s', t);
            END LOOP;
        END $$;
        """

    static let prepare = statement + helpers + fill

    /// One line for each thing that a role can see or do and should not, or cannot see and should.
    static let findings = """
        DO $$
        DECLARE
            t record;
            role text;
            own bigint;
            seen text;
        BEGIN
            FOR t IN
                SELECT c.oid::regclass AS name, c.relname, c.relkind, k.attnum IS NOT NULL AS has_tenant
                FROM pg_class c LEFT JOIN pg_attribute k ON k.attrelid = c.oid AND k.attname = 'tenant_id'
                WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.oid
            LOOP
                IF NOT t.has_tenant THEN
                    INSERT INTO probe.findings SELECT t.name, r || ' reads a relation without a tenant'
                    FROM unnest(ARRAY['mcp_application', 'mcp_readonly']) r
                    WHERE probe.may(r, t.name, 'SELECT') AND t.relname <> ALL ('{\(common.joined(separator: ","))}');
                    CONTINUE;
                END IF;
                EXECUTE format('SELECT count(*) FROM %s WHERE tenant_id = %L', t.name, '\(mine)') INTO own;
                FOREACH role IN ARRAY ARRAY['mcp_application', 'mcp_readonly'] LOOP
                    IF probe.may(role, t.name, 'SELECT') THEN
                        seen := probe.number(role, '\(mine)', format('SELECT count(*) FROM %s', t.name));
                        IF t.relkind IN ('r', 'p') AND seen::bigint <> own THEN
                            INSERT INTO probe.findings
                            VALUES (t.name, format('%s sees %s rows of %s', role, seen, own));
                        END IF;
                        INSERT INTO probe.findings
                        SELECT t.name, format('%s of %L sees %s of %s rows of %s', role, v.session, n, v.what, t.name)
                        FROM (VALUES ('\(mine)', 'own', format('= %L', '\(mine)')),
                                ('\(mine)', 'other', format('<> %L', '\(mine)')),
                                ('', 'any', 'IS NOT NULL'), ('nonsense', 'any', 'IS NOT NULL')
                            ) v (session, what, which),
                            probe.number(role, v.session,
                                format('SELECT count(*) FROM %s WHERE tenant_id %s', t.name, v.which)) n
                        WHERE (n > 0) <> (v.what = 'own');
                    END IF;
                    CONTINUE WHEN t.relkind NOT IN ('r', 'p');
                    -- A statement without WHERE needs no right to see what it changes.
                    INSERT INTO probe.findings
                    SELECT t.name, format('%s: %s came to %s, not %s', role, w.what, r, w.expected)
                    FROM (
                        VALUES ('INSERT of another''s row', '42501', probe.statement(t.name, '\(theirs)')),
                            ('UPDATE to another tenant', '42501',
                                format('UPDATE %s SET tenant_id = %L', t.name, '\(theirs)')),
                            ('DELETE', CASE WHEN probe.may(role, t.name, 'DELETE') THEN own::text ELSE '42501' END,
                                format('DELETE FROM %s', t.name))
                        UNION ALL (
                            SELECT format('UPDATE of %I', attname), own::text,
                                format('UPDATE %s SET %2$I = DEFAULT', t.name, attname)
                            FROM pg_attribute WHERE attrelid = t.name AND attnum > 0 AND NOT attisdropped
                                AND has_column_privilege(role, t.name, attname, 'UPDATE')
                                AND (atthasdef OR NOT attnotnull) ORDER BY attnum DESC LIMIT 1)
                    ) w (what, expected, statement), probe.attempt(role, '\(mine)', w.statement) r
                    WHERE r <> w.expected;
                END LOOP;
            END LOOP;
        END $$;
        SELECT relation || ': ' || finding FROM probe.findings ORDER BY 1;
        """
}
