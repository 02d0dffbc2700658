-- Calls the procedure of read.sql; the list is kept in pgtend.list. A block, since a CALL stands in pg_stat_statements once
-- for each procedure that there was.
DO $call$
DECLARE
    list text[];
BEGIN
    CALL pg_temp.pgtend_sandbox(list);
    PERFORM pg_catalog.set_config('pgtend.list', list::pg_catalog.text, true);
END
$call$
