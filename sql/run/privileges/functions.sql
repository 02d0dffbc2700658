-- The functions of one argument that are called $2 in the schemas $1, and what the roles $3 may do with them, all three
-- pairwise.
SELECT
    n.nspname AS schema,
    f.proname AS name,
    pg_get_function_identity_arguments(f.oid) AS arguments,
    r.rolname AS role,
    has_schema_privilege(r.oid, n.oid, 'USAGE') AS may_use_schema,
    has_function_privilege(r.oid, f.oid, 'EXECUTE') AS may_execute
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (schema, name, role, place)
JOIN pg_namespace AS n ON n.nspname = w.schema
JOIN pg_proc AS f ON f.pronamespace = n.oid AND f.proname = w.name AND f.pronargs = 1
JOIN pg_roles AS r ON r.rolname = w.role
ORDER BY w.place, f.oid
