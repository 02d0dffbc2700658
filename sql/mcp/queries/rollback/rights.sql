-- What the role of this session lacks for taking the schema back: each with the statement by which a superuser gives
-- it, or NULL where nobody should give it; and what the owners lack in whose sandbox rows are counted. Of the former no
-- row for a superuser. $2 are the objects of the catalogs $1 that are dropped, pairwise; $3 to $6 kind, name, detail and
-- creator of what the migration made beyond them.
WITH me AS (
    SELECT r.oid, r.rolname AS name, r.rolcreaterole AS creates_roles,
        current_setting('server_version_num')::integer >= 160000 AS has_options
    FROM pg_roles AS r
    WHERE r.rolname = current_user AND NOT r.rolsuper
),
created AS (
    SELECT m.kind, m.name, m.detail, m.created_by
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS m (kind, name, detail, created_by)
),
owned (owner, name) AS (
    SELECT coalesce(c.relowner, p.proowner, t.typowner), pg_describe_object(d.class::oid, d.object::oid, 0)
    FROM unnest($1::bigint[], $2::bigint[]) AS d (class, object)
    LEFT JOIN pg_class AS c ON d.class::oid = 'pg_class'::regclass AND c.oid = d.object::oid
    LEFT JOIN pg_proc AS p ON d.class::oid = 'pg_proc'::regclass AND p.oid = d.object::oid
    LEFT JOIN pg_type AS t ON d.class::oid = 'pg_type'::regclass AND t.oid = d.object::oid
    UNION
    SELECT n.nspowner, format('schema %I', n.nspname)
    FROM created AS m
    JOIN pg_namespace AS n ON n.nspname = m.name
    WHERE m.kind IN ('schema', 'owner', 'comment')
        OR (m.kind = 'usage' AND NOT has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION'))
    UNION
    SELECT e.extowner, format('extension %I', e.extname)
    FROM created AS m
    JOIN pg_extension AS e ON e.extname = m.name
    WHERE m.kind = 'extension'
),
owners AS (
    SELECT r.oid, r.rolname AS name, r.rolsuper, count(*) AS objects, min(o.name) AS example
    FROM owned AS o
    JOIN pg_roles AS r ON r.oid = o.owner
    GROUP BY r.oid, r.rolname, r.rolsuper
),
findings (place, missing, cure) AS (
    SELECT 1, format('the privileges of %I, which owns %s object(s) of what goes, such as %s',
            o.name, o.objects, o.example),
        CASE
            WHEN o.rolsuper THEN NULL
            WHEN m.has_options THEN format('GRANT %I TO %I WITH INHERIT TRUE', o.name, m.name)
            ELSE format('GRANT %1$I TO %2$I; ALTER ROLE %2$I INHERIT', o.name, m.name)
        END
    FROM me AS m
    CROSS JOIN owners AS o
    WHERE NOT pg_has_role(m.oid, o.oid, 'USAGE')
    UNION ALL
    -- A role that is a member of another, or has members that did not make it, stays: whoever was made one, to have
    -- the right to drop it, would keep it from being dropped.
    SELECT 2, format('the right to drop role %I', r.rolname), NULL
    FROM me AS m
    JOIN created AS k ON k.kind = 'role'
    JOIN pg_roles AS r ON r.rolname = k.name
    WHERE NOT (
            m.creates_roles
            AND (NOT m.has_options OR pg_has_role(m.oid, r.oid, 'MEMBER WITH ADMIN OPTION')))
        AND NOT EXISTS (
            SELECT
            FROM pg_auth_members AS a
            WHERE a.member = r.oid OR (a.roleid = r.oid AND pg_get_userbyid(a.member) <> k.created_by))
    UNION ALL
    SELECT 3, format('membership with SET ROLE in %I, which schema %I is given back to', r.rolname, k.name),
        CASE
            WHEN r.rolsuper THEN NULL
            WHEN m.has_options THEN format('GRANT %I TO %I WITH SET TRUE', r.rolname, m.name)
            ELSE format('GRANT %I TO %I', r.rolname, m.name)
        END
    FROM me AS m
    JOIN created AS k ON k.kind = 'owner'
    JOIN pg_roles AS r ON r.rolname = k.detail
    WHERE NOT pg_has_role(m.oid, r.oid, CASE WHEN m.has_options THEN 'SET' ELSE 'MEMBER' END)
    UNION ALL
    SELECT 4, format('CREATE on database %I', current_database()),
        format('GRANT CREATE ON DATABASE %I TO %I', current_database(), m.name)
    FROM me AS m
    WHERE EXISTS (SELECT FROM created AS k WHERE k.kind = 'owner')
        AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT 5, format('USAGE on schema mcp for %I, as whom rows of its tables are counted', o.name),
        format('GRANT USAGE ON SCHEMA mcp TO %I', o.name)
    FROM owners AS o
    WHERE NOT has_schema_privilege(o.oid, to_regnamespace('mcp'), 'USAGE')
    UNION ALL
    SELECT 6, format('TEMPORARY on database %I for %I, in whose sandbox rows are counted', current_database(), o.name),
        format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), o.name)
    FROM owners AS o
    WHERE NOT has_database_privilege(o.oid, current_database(), 'TEMPORARY')
)
SELECT f.missing, f.cure
FROM findings AS f
ORDER BY f.place, f.missing
