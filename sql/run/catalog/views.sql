-- The materialized views $1 (oids), with what decides how each can be refreshed.
SELECT
    v.oid,
    n.nspname AS schema,
    v.relname AS name,
    pg_get_userbyid(v.relowner) AS owner,
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = v.relowner) IS TRUE AS owner_is_superuser,
    pg_has_role(
        v.relowner, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
    ) AS may_act_as_owner,
    -- MAINTAIN came with 17.
    current_setting('server_version_num')::integer >= 170000
        -- NULL of a view that was dropped meanwhile: the function does not follow the snapshot.
        AND coalesce(
            has_table_privilege(
                v.oid,
                CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN 'MAINTAIN' ELSE 'SELECT' END
            ),
            false
        ) AS may_maintain,
    v.relispopulated AS is_populated,
    refreshable.*,
    foreign_schema.name AS foreign_schema,
    foreign_schema.owner AS foreign_schema_owner,
    -- Only superusers may lock rows of catalogs, and keep the schema as it is.
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) AS may_pin_schema
FROM pg_class AS v
JOIN pg_namespace AS n ON n.oid = v.relnamespace
CROSS JOIN LATERAL (
    -- include run/catalog/refreshable
) AS refreshable
LEFT JOIN LATERAL (
    SELECT v.relnamespace, v.relowner
) AS t ON true
LEFT JOIN LATERAL (
    -- include run/catalog/foreign_schema
) AS foreign_schema ON true
WHERE v.oid = ANY ($1::oid[])
ORDER BY n.nspname, v.relname
