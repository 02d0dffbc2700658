-- The procedure in which the code of a role's objects runs; the role makes it, and calls it in the same transaction.
-- Within SECURITY DEFINER the server refuses to set the role, so that code cannot become anybody else.
--
-- pgtend.statements: what is run, one statement after another. pgtend.path: their search_path.
--
-- What they have deferred is done before it returns. A trigger that is fired by that may defer others in its turn,
-- which would stay for settle.sql and its restrictions: so it is done as often as honest code needs it.
CREATE PROCEDURE pg_temp.pgtend_sandbox() LANGUAGE plpgsql SECURITY DEFINER AS $sandbox$
DECLARE
    statements text := current_setting('pgtend.statements');
BEGIN
    PERFORM set_config('search_path', current_setting('pgtend.path'), true);
    EXECUTE statements;
    FOR i IN 1..5 LOOP
        SET CONSTRAINTS ALL IMMEDIATE;
    END LOOP;
END
$sandbox$
