-- What the role of this session lacks for installing the ledger, or for migrating the one that is there, each with the
-- statement that gives it. No row where nothing is missing.
SELECT
    CASE WHEN n.oid IS NULL THEN format('CREATE on database %I, or a schema pgtend_ledger of its own', current_database())
        ELSE 'CREATE and USAGE on schema pgtend_ledger'
    END AS missing,
    CASE WHEN n.oid IS NULL THEN format('CREATE SCHEMA IF NOT EXISTS pgtend_ledger AUTHORIZATION %I', current_user)
        ELSE format('GRANT CREATE, USAGE ON SCHEMA pgtend_ledger TO %I', current_user)
    END AS cure
FROM (SELECT to_regnamespace('pgtend_ledger') AS oid) AS n
WHERE CASE WHEN n.oid IS NULL THEN NOT has_database_privilege(current_database(), 'CREATE')
    ELSE NOT (has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'USAGE'))
END
UNION ALL
-- Only an owner may alter a table.
SELECT format('the role %I, which has made the ledger', pg_get_userbyid(c.relowner)),
    format('GRANT %I TO %I', pg_get_userbyid(c.relowner), current_user)
FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace('pgtend_ledger') AND c.relname = 'step' AND NOT pg_has_role(c.relowner, 'USAGE')
