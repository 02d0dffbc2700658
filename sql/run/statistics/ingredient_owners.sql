-- Whose the types and what is in the expressions of a corpus are, and whose what these are made of, a superuser's apart: they
-- may be cast or checked by code of theirs. $1 the types of columns and functions, $2 and $3 catalogs and OIDs, pairwise, of what
-- is in expressions. Of the former the owner of the schema counts, too: he may let their names mean something else.
WITH RECURSIVE used (is_type, refclassid, refobjid) AS (
    (
        SELECT true, 'pg_type'::regclass, t.oid FROM unnest($1::oid[]) AS t (oid)
        UNION ALL
        SELECT false, e.catalog::regclass, e.oid FROM unnest($2::oid[], $3::oid[]) AS e (catalog, oid)
    )
    UNION
    SELECT u.is_type, made_of.class, made_of.oid
    FROM used AS u
    CROSS JOIN LATERAL (
        -- include run/catalog/made_of
    ) AS made_of
    WHERE u.refclassid = 'pg_type'::regclass AND made_of.oid <> 0
)
SELECT DISTINCT r.rolname::text AS owner
FROM used AS u
LEFT JOIN pg_proc AS p ON u.refclassid = 'pg_proc'::regclass AND p.oid = u.refobjid
LEFT JOIN pg_operator AS o ON u.refclassid = 'pg_operator'::regclass AND o.oid = u.refobjid
LEFT JOIN pg_proc AS behind ON behind.oid = o.oprcode
LEFT JOIN pg_type AS t ON u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid AND (u.is_type OR t.typtype = 'd')
LEFT JOIN pg_namespace AS n ON n.oid = t.typnamespace AND u.is_type
JOIN pg_roles AS r ON r.oid IN (
    p.proowner, o.oprowner, behind.proowner, t.typowner,
    (
        -- include run/catalog/schema_owner
    )
)
WHERE NOT r.rolsuper
