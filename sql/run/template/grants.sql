-- Privileges on the tables $1 (oids): of the table where column_name is NULL. An empty grantee is PUBLIC.
SELECT
    g.oid,
    g.column_name,
    CASE WHEN e.grantee = 0 THEN '' ELSE pg_get_userbyid(e.grantee) END AS grantee,
    e.privilege_type AS privilege,
    bool_or(e.is_grantable) AS is_grantable
FROM (
    SELECT c.oid, NULL::name AS column_name, c.relacl AS acl
    FROM pg_class AS c
    WHERE c.oid = ANY ($1::oid[]) AND c.relacl IS NOT NULL
    UNION ALL
    SELECT a.attrelid, a.attname, a.attacl
    FROM pg_attribute AS a
    WHERE a.attrelid = ANY ($1::oid[]) AND a.attacl IS NOT NULL AND NOT a.attisdropped
) AS g
CROSS JOIN LATERAL aclexplode(g.acl) AS e
GROUP BY g.oid, g.column_name, e.grantee, e.privilege_type
ORDER BY g.oid, g.column_name NULLS FIRST, 3, e.privilege_type
