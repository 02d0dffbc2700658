-- As enter.sql, for a query of one column of text, in pgtend.statements: its rows are returned as an array. They are the
-- data of the role, so that it says how many and how long they are: what goes beyond the limit is an error before it is
-- kept. One row at a time, since a loop over a query fetches many in advance. The query may run code of the role's that
-- sets its search_path: from then on every name has to be qualified.
CREATE PROCEDURE pg_temp.pgtend_sandbox(INOUT list text[]) LANGUAGE plpgsql SECURITY DEFINER AS $sandbox$
DECLARE
    statements text := current_setting('pgtend.statements');
    rows refcursor;
    value text;
    size bigint := 0;
BEGIN
    PERFORM set_config('search_path', current_setting('pgtend.path'), true);
    list := '{}';
    OPEN rows NO SCROLL FOR EXECUTE statements;
    LOOP
        FETCH rows INTO value;
        EXIT WHEN NOT FOUND;
        IF value IS NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'null_value_not_allowed',
                MESSAGE = 'the list has a NULL in it, where each value is to have a text',
                HINT = 'look at the cast to text of the type of its values: it has to return one';
        END IF;
        -- However short they are: of each tenant a plan makes a step, which takes more memory than the list.
        IF pg_catalog.cardinality(list) OPERATOR(pg_catalog.>=) 100000 THEN
            RAISE EXCEPTION USING
                ERRCODE = 'program_limit_exceeded',
                MESSAGE = 'the list has more than 100000 values',
                HINT = 'delete what does not belong into it, or divide it among several tables';
        END IF;
        -- What an array takes for each of its elements in memory.
        size := size OPERATOR(pg_catalog.+) pg_catalog.octet_length(value) OPERATOR(pg_catalog.+) 8;
        IF size OPERATOR(pg_catalog.>) 16777216 THEN
            RAISE EXCEPTION USING
                ERRCODE = 'program_limit_exceeded',
                MESSAGE = pg_catalog.format(
                    'the list takes more than 16 MB: it has more than %s values, and the next one has %s bytes',
                    pg_catalog.cardinality(list), pg_catalog.octet_length(value)),
                HINT = 'delete what does not belong into it, or divide it among several tables';
        END IF;
        list := pg_catalog.array_append(list, value);
    END LOOP;
    CLOSE rows;
END
$sandbox$
