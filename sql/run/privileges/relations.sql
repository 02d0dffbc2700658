-- What the roles $3 may do with the relations $2 in the schemas $1, all three pairwise, and whether row-level security
-- binds them there. An empty role is the relation's owner. A relation or role that does not exist has no row.
SELECT
    n.nspname AS schema,
    c.relname AS name,
    r.rolname AS role,
    o.rolname AS owner,
    o.rolsuper AS owner_is_superuser,
    -- Of the session's role, not of $3: whether SET ROLE to the owner would succeed (16 made that a privilege of its
    -- own), whether it has the owner's privileges without that, and whether it is a member at all.
    pg_has_role(
        o.oid, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
    ) AS may_act_as_owner,
    pg_has_role(o.oid, 'USAGE') AS inherits_owner,
    pg_has_role(o.oid, 'MEMBER') AS is_member,
    has_schema_privilege(r.oid, n.oid, 'USAGE') AS may_use_schema,
    has_schema_privilege(r.oid, n.oid, 'CREATE') AS may_create_in_schema,
    has_database_privilege(r.oid, current_database(), 'TEMPORARY') AS may_create_temporary,
    -- Where it, and where its indexes are, and the role may create nothing; the database's own tablespace is nobody's to ask for.
    (
        SELECT s.spcname
        FROM pg_tablespace AS s
        WHERE s.oid = c.reltablespace AND NOT has_tablespace_privilege(r.oid, s.oid, 'CREATE')
    ) AS lacking_tablespace,
    ARRAY(
        SELECT DISTINCT s.spcname::text
        FROM pg_index AS i
        JOIN pg_class AS x ON x.oid = i.indexrelid
        JOIN pg_tablespace AS s ON s.oid = x.reltablespace
        WHERE i.indrelid = c.oid AND NOT has_tablespace_privilege(r.oid, s.oid, 'CREATE')
    ) AS lacking_index_tablespaces,
    ARRAY (
        SELECT p.privilege
        FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p (privilege)
        WHERE has_table_privilege(r.oid, c.oid, p.privilege)
    ) AS privileges,
    -- As check_enable_rls() of the server decides: an owner, or whoever has its privileges, is bound by FORCE alone.
    c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
        AND (c.relforcerowsecurity OR NOT pg_has_role(r.oid, c.relowner, 'USAGE')) AS is_bound,
    c.relforcerowsecurity AND pg_has_role(r.oid, c.relowner, 'USAGE') AS is_forced
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (schema, name, role, place)
JOIN pg_namespace AS n ON n.nspname = w.schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name
JOIN pg_roles AS o ON o.oid = c.relowner
JOIN pg_roles AS r ON CASE WHEN w.role = '' THEN r.oid = c.relowner ELSE r.rolname = w.role END
ORDER BY w.place
