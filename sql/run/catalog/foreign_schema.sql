-- Part of the queries on relations (t): the schema of one that belongs neither to its owner nor to a superuser.
SELECT n.nspname AS name, r.rolname AS owner
FROM pg_namespace AS n
JOIN pg_roles AS r ON r.oid = (
    -- include run/catalog/schema_owner
)
WHERE n.oid = t.relnamespace AND r.oid <> t.relowner AND NOT r.rolsuper
