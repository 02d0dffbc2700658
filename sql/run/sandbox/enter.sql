-- The function in which the code of a role's objects runs; the role makes it, and calls it in the same transaction.
-- Within a SECURITY DEFINER function the server refuses to set the role, so that code cannot become anybody else.
--
-- pgtend.statements: what is run, one statement after another. pgtend.query: a query of one row and one column, whose
-- value is returned as text. Either may be empty. pgtend.path: their search_path; empty asks for the one that sessions
-- of the role have in this database. What they have deferred is done before the function returns.
CREATE FUNCTION pg_temp.pgtend_sandbox() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $sandbox$
DECLARE
    path text := nullif(current_setting('pgtend.path'), '');
    result text;
BEGIN
    IF path IS NULL THEN
        SELECT substr(e.setting, length('search_path=') + 1) INTO path
        FROM pg_db_role_setting AS s
        CROSS JOIN LATERAL unnest(s.setconfig) AS e (setting)
        WHERE s.setrole IN (0, (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user))
            AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
            AND e.setting LIKE 'search\_path=%'
        ORDER BY s.setrole = 0, s.setdatabase = 0
        LIMIT 1;
    END IF;
    -- The default of this session may be that of the role that connected, which is not the owner's.
    IF path IS NULL AND EXISTS (
        SELECT
        FROM pg_db_role_setting AS s
        CROSS JOIN LATERAL unnest(s.setconfig) AS e (setting)
        WHERE s.setrole = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = session_user)
            AND e.setting LIKE 'search\_path=%'
    ) THEN
        path := '"$user", public';
    END IF;
    IF path IS NULL THEN
        SET LOCAL search_path TO DEFAULT;
    ELSE
        PERFORM set_config('search_path', path, true);
    END IF;
    IF pg_catalog.current_setting('pgtend.statements') OPERATOR(pg_catalog.<>) '' THEN
        EXECUTE pg_catalog.current_setting('pgtend.statements');
    END IF;
    IF pg_catalog.current_setting('pgtend.query') OPERATOR(pg_catalog.<>) '' THEN
        EXECUTE pg_catalog.current_setting('pgtend.query') INTO STRICT result;
    END IF;
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN result;
END
$sandbox$
