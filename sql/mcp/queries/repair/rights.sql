-- What the role of this session lacks for changing a schema that stands, beyond what applying it takes: each with the
-- statement by which a superuser gives it, or NULL where nobody should give it; and what the owners lack in whose sandbox
-- rows are read and written. Of the former no row for a superuser. $1 are the tables of golang-migrate, $2
-- the names of the schema's own tables: nobody reads rows of others.
WITH me AS (
    SELECT
        r.oid, r.rolname AS name,
        current_setting('server_version_num')::integer >= 160000 AS has_options,
        -- The privilege of SET ROLE.
        CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END AS becoming,
        -- Who may create roles may give away those that it made, and before 16 any.
        r.rolcreaterole
            AND (
                current_setting('server_version_num')::integer < 160000 OR to_regrole('mcp_application') IS NULL
            ) AS gives_roles
    FROM pg_roles AS r
    WHERE r.rolname = current_user AND NOT r.rolsuper
),
owned (owner, kind, name) AS (
    SELECT c.relowner, CASE WHEN c.relname = ANY ($2::text[]) THEN 'table' ELSE 'other relation' END, c.oid::regclass::text
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace('mcp') AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL
    SELECT p.proowner, 'function', p.oid::regprocedure::text
    FROM pg_proc AS p
    WHERE p.pronamespace = to_regnamespace('mcp')
    UNION ALL
    SELECT t.typowner, 'type', t.oid::regtype::text
    FROM pg_type AS t
    WHERE t.typnamespace = to_regnamespace('mcp') AND t.typtype IN ('d', 'e', 'r')
),
owners AS (
    SELECT r.oid, r.rolname AS name, r.rolsuper, count(*) AS objects, min(o.name) AS example,
        bool_or(o.kind = 'table') AS has_tables
    FROM owned AS o
    JOIN pg_roles AS r ON r.oid = o.owner
    GROUP BY r.oid, r.rolname, r.rolsuper
),
findings (place, missing, cure) AS (
    SELECT 1, format('the privileges of %I, which owns %s object(s) of schema mcp, such as %s',
            o.name, o.objects, o.example),
        CASE
            WHEN o.rolsuper THEN NULL
            WHEN m.has_options THEN format('GRANT %I TO %I WITH INHERIT TRUE, SET TRUE', o.name, m.name)
            ELSE format('GRANT %1$I TO %2$I; ALTER ROLE %2$I INHERIT', o.name, m.name)
        END
    FROM me AS m
    CROSS JOIN owners AS o
    -- ALTER ... OWNER wants its privileges, a sandbox of it SET ROLE.
    WHERE o.name <> 'mcp_owner' AND NOT (pg_has_role(m.oid, o.oid, 'USAGE') AND pg_has_role(m.oid, o.oid, m.becoming))
    UNION ALL
    -- Whoever owns tables now goes on as a member of it.
    SELECT 2, format('the right to make %I a member of mcp_application', string_agg(o.name, ', ' ORDER BY o.name)),
        format('GRANT mcp_application TO %I WITH ADMIN %s', m.name,
            CASE WHEN m.has_options THEN 'TRUE, INHERIT FALSE, SET FALSE' ELSE 'OPTION' END)
    FROM me AS m
    CROSS JOIN owners AS o
    WHERE o.name <> 'mcp_owner' AND o.has_tables AND NOT o.rolsuper AND NOT m.gives_roles
        AND NOT coalesce(pg_has_role(m.oid, to_regrole('mcp_application'), 'MEMBER WITH ADMIN OPTION'), false)
    GROUP BY m.name, m.has_options
    UNION ALL
    -- Read and written as its owner, but for a superuser's.
    SELECT 3,
        CASE WHEN r.rolsuper THEN format('UPDATE on %s', c.oid::regclass)
            ELSE format('SET ROLE to %I, which owns %s', r.rolname, c.oid::regclass) END,
        CASE
            WHEN r.rolsuper THEN format('GRANT SELECT, UPDATE ON TABLE %s TO %I', c.oid::regclass, m.name)
            WHEN m.has_options THEN format('GRANT %I TO %I WITH SET TRUE', r.rolname, m.name)
            ELSE format('GRANT %I TO %I', r.rolname, m.name)
        END
    FROM me AS m
    CROSS JOIN unnest($1::text[]) AS t (name)
    JOIN pg_class AS c ON c.oid = to_regclass(t.name)
    JOIN pg_roles AS r ON r.oid = c.relowner
    WHERE NOT CASE
        WHEN r.rolsuper THEN has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'UPDATE')
        ELSE pg_has_role(m.oid, r.oid, m.becoming)
    END
    UNION ALL
    SELECT 4, 'CREATE on schema pgtend', format('GRANT USAGE, CREATE ON SCHEMA pgtend TO %I', m.name)
    FROM me AS m
    WHERE NOT has_schema_privilege(to_regnamespace('pgtend'), 'CREATE') AND to_regclass('pgtend.schema_steps') IS NULL
    UNION ALL
    SELECT 5, 'INSERT on pgtend.schema_steps', format('GRANT INSERT ON TABLE pgtend.schema_steps TO %I', m.name)
    FROM me AS m
    WHERE NOT has_table_privilege(to_regclass('pgtend.schema_steps'), 'INSERT')
    UNION ALL
    SELECT 6, format('USAGE on schema mcp for %I, which owns %s in it and as whom its rows are read', o.name, o.example),
        format('GRANT USAGE ON SCHEMA mcp TO %I', o.name)
    FROM owners AS o
    WHERE o.has_tables AND NOT has_schema_privilege(o.oid, to_regnamespace('mcp'), 'USAGE')
    UNION ALL
    SELECT 7, format('TEMPORARY on database %I for %I, in whose sandbox rows are read and written', current_database(), w.name),
        format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), w.name)
    FROM (
        SELECT o.name FROM owners AS o WHERE o.has_tables
        UNION
        SELECT 'mcp_owner'
        UNION
        SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c JOIN unnest($1::text[]) AS t (name) ON c.oid = to_regclass(t.name)
    ) AS w (name)
    LEFT JOIN pg_roles AS r ON r.rolname = w.name
    WHERE NOT has_database_privilege(coalesce(r.rolname, 'public'), current_database(), 'TEMPORARY')
)
SELECT f.missing, f.cure
FROM findings AS f
ORDER BY f.place, f.missing
