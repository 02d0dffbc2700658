-- Forgets the statements that code of others has prepared. Those of the protocol are pgtend's own.
DO $body$
DECLARE
    statement text;
BEGIN
    FOR statement IN SELECT p.name FROM pg_prepared_statements AS p WHERE p.from_sql LOOP
        EXECUTE format('DEALLOCATE %I', statement);
    END LOOP;
END
$body$
