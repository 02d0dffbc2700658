-- What the tables $1 (oids) have of their own that a new sibling has to have too: a row each.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    pg_get_userbyid(c.relowner) AS owner,
    c.relacl IS NOT NULL AS has_grants,
    defaults.grantees AS default_grantees,
    c.relrowsecurity AS row_security,
    c.relforcerowsecurity AS force_row_security,
    coalesce(c.reloptions, '{}') AS storage_parameters,
    coalesce(toast.reloptions, '{}') AS toast_parameters,
    c.relreplident AS replica_identity,
    identity_index.relname AS identity_index,
    parent_namespace.nspname AS parent_index_schema,
    parent_index.relname AS parent_index_name,
    s.spcname AS tablespace,
    m.amname AS access_method,
    c.relpersistence = 'u' AS is_unlogged,
    EXISTS (
        SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attidentity <> '' AND NOT a.attisdropped
    ) AS has_identity
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
LEFT JOIN pg_am AS m ON m.oid = c.relam
LEFT JOIN pg_index AS x ON x.indrelid = c.oid AND x.indisreplident
LEFT JOIN pg_class AS identity_index ON identity_index.oid = x.indexrelid
LEFT JOIN pg_inherits AS h ON h.inhrelid = x.indexrelid
LEFT JOIN pg_class AS parent_index ON parent_index.oid = h.inhparent
LEFT JOIN pg_namespace AS parent_namespace ON parent_namespace.oid = parent_index.relnamespace
-- Whom ALTER DEFAULT PRIVILEGES would give something to on a new table of the role that makes it, the owner of the
-- parent; in whichever schema, since a new partition need not stand where this table does.
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT g.grantee), '{}') AS grantees
    FROM pg_default_acl AS d
    CROSS JOIN LATERAL aclexplode(d.defaclacl) AS e
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.grantee = 0 THEN '' ELSE pg_get_userbyid(e.grantee)::text END AS grantee
    ) AS g
    WHERE d.defaclrole = coalesce(
        (
            SELECT p.relowner
            FROM pg_inherits AS i
            JOIN pg_class AS p ON p.oid = i.inhparent
            -- A partitioned table is read as the parent itself, though it may be a partition of another.
            WHERE i.inhrelid = c.oid AND c.relkind <> 'p'
        ),
        c.relowner
    ) AND d.defaclobjtype = 'r'
) AS defaults
WHERE c.oid = ANY ($1::oid[])
