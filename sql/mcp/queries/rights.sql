-- What the role of this session lacks for applying the schema, each with the statement by which a superuser gives it.
-- No row for a superuser, who lacks nothing. What the server itself does not offer is for the first migration to say.
WITH me AS (
    SELECT r.rolname AS name, r.rolcreaterole AS creates_roles
    FROM pg_roles AS r
    WHERE r.rolname = current_user AND NOT r.rolsuper
),
owner AS (
    SELECT
        r.oid,
        -- ALTER ... OWNER wants SET ROLE, what is made in its schema wants its privileges.
        pg_has_role(
            r.oid, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
        ) AS may_act,
        pg_has_role(r.oid, 'USAGE') AS inherits
    FROM pg_roles AS r
    WHERE r.rolname = 'mcp_owner'
),
findings (place, missing, cure) AS (
    SELECT 1, format('CREATE on database %I', current_database()),
        format('GRANT CREATE ON DATABASE %I TO %I', current_database(), m.name)
    FROM me AS m
    WHERE NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    -- Of a role that it makes itself, a role with CREATEROLE is not yet a member.
    SELECT 2, 'a role mcp_owner of which it is a member',
        format('CREATE ROLE mcp_owner NOLOGIN; GRANT mcp_owner TO %I', m.name)
    FROM me AS m
    WHERE NOT EXISTS (SELECT FROM owner)
    UNION ALL
    SELECT 3, 'membership in mcp_owner' ||
            CASE WHEN o.may_act THEN ' with its privileges (INHERIT)' ELSE ' with SET ROLE' END,
        CASE
            WHEN current_setting('server_version_num')::integer >= 160000 THEN
                format('GRANT mcp_owner TO %I WITH INHERIT TRUE, SET TRUE', m.name)
            WHEN o.may_act THEN format('ALTER ROLE %I INHERIT', m.name)
            ELSE format('ALTER ROLE %1$I INHERIT; GRANT mcp_owner TO %1$I', m.name)
        END
    FROM me AS m
    CROSS JOIN owner AS o
    WHERE NOT (o.may_act AND o.inherits)
    UNION ALL
    SELECT 4, format('the role %I, or CREATEROLE', w.name), format('CREATE ROLE %I NOLOGIN', w.name)
    FROM me AS m
    CROSS JOIN (VALUES ('mcp_application'), ('mcp_readonly')) AS w (name)
    WHERE NOT m.creates_roles AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = w.name)
    UNION ALL
    SELECT 5, format('ownership of schema mcp, which belongs to %I', pg_get_userbyid(n.nspowner)),
        CASE
            WHEN r.rolsuper THEN 'ALTER SCHEMA mcp OWNER TO mcp_owner'
            WHEN current_setting('server_version_num')::integer >= 160000 THEN
                format('GRANT %I TO %I WITH INHERIT TRUE, SET TRUE', r.rolname, m.name)
            ELSE format('GRANT %1$I TO %2$I; ALTER ROLE %2$I INHERIT', r.rolname, m.name)
        END
    FROM me AS m
    JOIN pg_namespace AS n ON n.nspname = 'mcp'
    JOIN pg_roles AS r ON r.oid = n.nspowner
    WHERE r.rolname <> 'mcp_owner' AND NOT pg_has_role(n.nspowner, 'USAGE')
    UNION ALL
    SELECT 6, format('the extension %I, which only a superuser may create here', a.name),
        format('CREATE EXTENSION %I SCHEMA %I', a.name,
            coalesce((SELECT n.nspname FROM pg_namespace AS n WHERE n.nspname = 'public'), 'mcp'))
    FROM me AS m
    JOIN pg_available_extensions AS a ON a.name IN ('vector', 'pg_trgm')
    JOIN pg_available_extension_versions AS v ON v.name = a.name AND v.version = a.default_version
    WHERE a.installed_version IS NULL AND NOT v.trusted
    UNION ALL
    SELECT 7, 'INSERT on pgtend.schema_migrations',
        format('GRANT INSERT ON TABLE pgtend.schema_migrations TO %I', m.name)
    FROM me AS m
    WHERE NOT has_table_privilege(to_regclass('pgtend.schema_migrations'), 'INSERT')
    UNION ALL
    SELECT 8, 'CREATE on schema pgtend', format('GRANT USAGE, CREATE ON SCHEMA pgtend TO %I', m.name)
    FROM me AS m
    WHERE NOT has_schema_privilege(to_regnamespace('pgtend'), 'CREATE')
        AND (to_regclass('pgtend.created_objects') IS NULL OR to_regclass('pgtend.schema_migrations') IS NULL)
    UNION ALL
    SELECT 9, 'INSERT on pgtend.created_objects',
        format('GRANT SELECT, INSERT ON TABLE pgtend.created_objects TO %I', m.name)
    FROM me AS m
    WHERE NOT has_table_privilege(to_regclass('pgtend.created_objects'), 'INSERT')
    UNION ALL
    -- The migration grants it where it is missing. What a role that is still to be made will have, PUBLIC has. Where
    -- pgvector is missing, it will live in public.
    SELECT 10, format('the right to grant USAGE on schema %I, in which pgvector lives, to %s', n.nspname,
            string_agg(w.name, ', ' ORDER BY w.name)),
        format('GRANT USAGE ON SCHEMA %I TO %I WITH GRANT OPTION', n.nspname, m.name)
    FROM me AS m
    JOIN pg_namespace AS n ON n.oid = coalesce(
        (SELECT e.extnamespace FROM pg_extension AS e WHERE e.extname = 'vector'), to_regnamespace('public'))
    CROSS JOIN (VALUES ('mcp_owner'), ('mcp_application'), ('mcp_readonly')) AS w (name)
    LEFT JOIN pg_roles AS r ON r.rolname = w.name
    WHERE NOT has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION')
        AND NOT CASE WHEN r.oid IS NULL THEN has_schema_privilege('public', n.oid, 'USAGE')
            ELSE has_schema_privilege(r.oid, n.oid, 'USAGE') END
    GROUP BY n.nspname, m.name
)
SELECT f.missing, f.cure
FROM findings AS f
ORDER BY f.place, f.missing
