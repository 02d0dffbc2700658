-- What a REVOKE by the owner does not end: it fails for what a role has passed on, and does not reach what another role has
-- granted. $1 is 'relation', 'column', 'function', 'schema' or 'type', $2 its name (of a column, its relation's), $3 the
-- column, $4 the object as REVOKE names it, $5 the roles that are to lose something. Who has granted what, a line break,
-- and the statement that ends it.
WITH access (items, owner, columns) AS (
    SELECT c.relacl, c.relowner, '' FROM pg_class AS c WHERE $1 = 'relation' AND c.oid = to_regclass($2)
    UNION ALL
    -- Of a relation, a REVOKE takes the privileges on its columns as well.
    SELECT a.attacl, c.relowner, format(' (%I)', a.attname)
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.oid = to_regclass($2) AND ($1 = 'relation' OR $1 = 'column' AND a.attname = $3)
    UNION ALL
    SELECT p.proacl, p.proowner, '' FROM pg_proc AS p WHERE $1 = 'function' AND p.oid = to_regprocedure($2)
    UNION ALL
    SELECT n.nspacl, n.nspowner, '' FROM pg_namespace AS n WHERE $1 = 'schema' AND n.oid = to_regnamespace($2)
    UNION ALL
    SELECT y.typacl, y.typowner, '' FROM pg_type AS y WHERE $1 = 'type' AND y.oid = to_regtype($2)
), granted AS (
    -- As SQL writes it: a role may be called "PUBLIC".
    SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS grantee,
        pg_get_userbyid(g.grantor)::text AS grantor, g.privilege_type, a.columns
    FROM access AS a
    CROSS JOIN LATERAL aclexplode(a.items) AS g
    WHERE g.grantor <> a.owner AND g.grantee <> a.owner
)
SELECT translate(o.what, E'\n', ' ') || E'\n' || o.statement AS value, 1::bigint AS count
FROM (
    SELECT format('%s has passed %s on to %s', g.grantor, string_agg(DISTINCT g.privilege_type, ', '),
            string_agg(DISTINCT g.grantee, ', ')) AS what,
        format('REVOKE GRANT OPTION FOR ALL%s ON %s FROM %I CASCADE', g.columns, $4::text, g.grantor) AS statement
    FROM granted AS g
    WHERE g.grantor = ANY ($5::text[])
    GROUP BY g.grantor, g.columns
    UNION ALL
    SELECT format('%s, not the owner, has granted %s to %s', g.grantor, string_agg(DISTINCT g.privilege_type, ', '),
            g.grantee),
        format('SET ROLE %I; REVOKE ALL%s ON %s FROM %s CASCADE; RESET ROLE', g.grantor, g.columns, $4::text, g.grantee)
    FROM granted AS g
    WHERE g.grantor <> ALL ($5::text[]) AND g.grantee IN (
        SELECT CASE r WHEN 'PUBLIC' THEN r ELSE quote_ident(r) END FROM unnest($5::text[]) AS r)
    GROUP BY g.grantor, g.grantee, g.columns
) AS o
