-- Row-level security policies of the tables $1 (oids). An empty role is PUBLIC.
SELECT
    p.polrelid AS oid,
    p.polname AS name,
    p.polpermissive AS is_permissive,
    CASE p.polcmd
        WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL'
    END AS command,
    ARRAY (
        SELECT CASE WHEN r.role = 0 THEN '' ELSE pg_get_userbyid(r.role)::text END
        FROM unnest(p.polroles) AS r (role)
        ORDER BY 1
    ) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS using_expression,
    pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression
FROM pg_policy AS p
WHERE p.polrelid = ANY ($1::oid[])
ORDER BY p.polrelid, p.polname
