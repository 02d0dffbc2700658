-- The schema of the ledger. It is not the schema "pgtend", which belongs to whoever applied the platform's schema. An
-- administrator may have made it for the role that pgtend connects as, which then needs no CREATE on the database:
-- CREATE SCHEMA IF NOT EXISTS would ask for that even where the schema is there.
DO $$
BEGIN
    IF to_regnamespace('pgtend_ledger') IS NULL THEN
        CREATE SCHEMA pgtend_ledger;
        COMMENT ON SCHEMA pgtend_ledger IS 'What the pgtend service has run, and what was due: its own record.';
    END IF;
END
$$;
