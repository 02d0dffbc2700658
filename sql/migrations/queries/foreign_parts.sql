-- What others than our own role, superusers and role $2 (NULL for none) have in schema $1, or could put there: the first
-- found, as a phrase; an empty text for a schema that is nobody else's, no row for one that is not there. With what takes from
-- others the privileges that count. To be asked before anything in the schema is read: a view in the place of a table runs its
-- owner's code.
WITH trusted AS (
    SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper OR r.rolname IN (current_user, $2::text)
),
home AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace AS n WHERE n.nspname = $1
),
relations AS (
    SELECT c.* FROM home AS h JOIN pg_class AS c ON c.relnamespace = h.oid
),
-- Reading is harmless; and services of several roles write to one ledger.
granted AS (
    SELECT a.grantee, c.relname AS name, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS privileges,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE format('role %I', pg_get_userbyid(a.grantee)) END AS role
    FROM relations AS c
    CROSS JOIN LATERAL aclexplode(c.relacl) AS a
    WHERE a.grantee NOT IN (SELECT t.oid FROM trusted AS t) AND a.privilege_type NOT IN ('SELECT', 'USAGE')
        AND ($1 <> 'pgtend_ledger' OR a.privilege_type NOT IN ('INSERT', 'UPDATE', 'DELETE'))
    GROUP BY a.grantee, c.relname
),
found (what) AS (
    SELECT format('it belongs to role %I', pg_get_userbyid(h.nspowner))
    FROM home AS h
    WHERE h.nspowner NOT IN (SELECT t.oid FROM trusted AS t)
    UNION ALL
    SELECT format('%s may create in it', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE format('role %I', pg_get_userbyid(a.grantee)) END)
    FROM home AS h
    CROSS JOIN LATERAL aclexplode(h.nspacl) AS a
    WHERE a.privilege_type = 'CREATE' AND a.grantee NOT IN (SELECT t.oid FROM trusted AS t)
    UNION ALL
    SELECT format('%I belongs to role %I', c.relname, pg_get_userbyid(c.relowner))
    FROM relations AS c
    WHERE c.relowner NOT IN (SELECT t.oid FROM trusted AS t)
    UNION ALL
    SELECT format('%I is no table', c.relname)
    FROM relations AS c
    WHERE c.relkind NOT IN ('r', 'i', 'S')
    UNION ALL
    SELECT format('%s has %s on %I', g.role, g.privileges, g.name) FROM granted AS g
    UNION ALL
    SELECT format('columns of %I are granted', c.relname)
    FROM relations AS c
    WHERE EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
    UNION ALL
    SELECT format('%I is referred to by %s', c.relname, k.conrelid::regclass)
    FROM relations AS c
    JOIN pg_constraint AS k ON k.confrelid = c.oid
    WHERE k.conrelid NOT IN (SELECT r.oid FROM relations AS r)
    UNION ALL
    -- A row that is written is looked up there, which runs code of whoever owns it, before COMMIT and after.
    SELECT format('%I refers to %s', c.relname, k.confrelid::regclass)
    FROM relations AS c
    JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f'
    WHERE k.confrelid NOT IN (SELECT r.oid FROM relations AS r)
    UNION ALL
    SELECT format('%I has trigger %I', c.relname, t.tgname)
    FROM relations AS c
    JOIN pg_trigger AS t ON t.tgrelid = c.oid
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('%I has a rule', c.relname)
    FROM relations AS c
    WHERE c.relhasrules
    UNION ALL
    SELECT format('%I has policy %I', c.relname, p.polname)
    FROM relations AS c
    JOIN pg_policy AS p ON p.polrelid = c.oid
    UNION ALL
    SELECT format('%I inherits from another table, or another from it', c.relname)
    FROM relations AS c
    WHERE EXISTS (SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent))
    UNION ALL
    SELECT f.what
    FROM relations AS c
    CROSS JOIN LATERAL (
        -- include migrations/queries/foreign_definitions
    ) AS f
    UNION ALL
    SELECT format('function %s belongs to role %I', f.oid::regprocedure, pg_get_userbyid(f.proowner))
    FROM home AS h
    JOIN pg_proc AS f ON f.pronamespace = h.oid
    WHERE f.proowner NOT IN (SELECT t.oid FROM trusted AS t)
    UNION ALL
    SELECT format('operator %s belongs to role %I', o.oid::regoperator, pg_get_userbyid(o.oprowner))
    FROM home AS h
    JOIN pg_operator AS o ON o.oprnamespace = h.oid
    WHERE o.oprowner NOT IN (SELECT t.oid FROM trusted AS t)
)
SELECT coalesce((SELECT f.what FROM found AS f ORDER BY f.what LIMIT 1), '') AS what,
    coalesce(
        (
            SELECT string_agg(format('REVOKE %s ON TABLE %I.%I FROM %s', g.privileges, h.nspname, g.name,
                CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END), '; ' ORDER BY g.role, g.name)
            FROM granted AS g
        ), ''
    ) AS revocation
FROM home AS h
