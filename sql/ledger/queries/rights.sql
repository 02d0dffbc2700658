-- What the role of this session lacks for installing the ledger, or for migrating the one that is there, each with the
-- statement that gives it. No row where nothing is missing.
SELECT
    CASE WHEN n.oid IS NULL THEN format('CREATE on database %I, or a schema pgtend_ledger of its own', current_database())
        ELSE concat_ws(' and ', c.missing, u.missing) || ' on schema pgtend_ledger'
    END AS missing,
    CASE WHEN n.oid IS NULL THEN format('CREATE SCHEMA IF NOT EXISTS pgtend_ledger AUTHORIZATION %I', current_user)
        ELSE format('GRANT %s ON SCHEMA pgtend_ledger TO %I', concat_ws(', ', c.missing, u.missing), current_user)
    END AS cure
FROM (SELECT to_regnamespace('pgtend_ledger') AS oid) AS n
CROSS JOIN LATERAL (SELECT CASE WHEN NOT has_schema_privilege(n.oid, 'CREATE') THEN 'CREATE' END AS missing) AS c
CROSS JOIN LATERAL (SELECT CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'USAGE' END AS missing) AS u
WHERE CASE WHEN n.oid IS NULL THEN NOT has_database_privilege(current_database(), 'CREATE')
    ELSE c.missing IS NOT NULL OR u.missing IS NOT NULL
END
UNION ALL
-- Only an owner may alter a table. Whoever became a superuser might do everything.
SELECT format('the role %I, which has made the ledger', r.rolname),
    CASE WHEN NOT r.rolsuper THEN format('GRANT %I TO %I', r.rolname, current_user) END
FROM pg_class AS c
JOIN pg_roles AS r ON r.oid = c.relowner
WHERE c.relnamespace = to_regnamespace('pgtend_ledger') AND c.relname = 'step' AND NOT pg_has_role(c.relowner, 'USAGE')
