-- Statements that take from others what ALTER DEFAULT PRIVILEGES has given them of new tables in schema $1, but reading. Others
-- are neither our own role, nor superusers, nor role $2 (NULL for none). $3: whether none of its tables is older; else what
-- the services that share a ledger have of it stays.
SELECT format('REVOKE %s ON TABLE %I.%I FROM %s CASCADE', string_agg(a.privilege_type, ', '), n.nspname, c.relname,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) AS statement
FROM pg_namespace AS n
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'S')
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
WHERE n.nspname = $1 AND a.privilege_type NOT IN ('SELECT', 'USAGE')
    AND a.grantee NOT IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper OR r.rolname IN (current_user, $2::text))
    AND a.grantee <> c.relowner
    AND ($3::boolean OR n.nspname <> 'pgtend_ledger' OR a.privilege_type NOT IN ('INSERT', 'UPDATE', 'DELETE'))
GROUP BY n.nspname, c.relname, a.grantee
