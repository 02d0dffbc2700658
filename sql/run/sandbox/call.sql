-- Calls the function of enter.sql; its result is kept in pgtend.result. A DO block, since the text of a SELECT stands
-- in pg_stat_statements once for each function that it calls.
DO $call$
BEGIN
    PERFORM pg_catalog.set_config('pgtend.result', coalesce(pg_temp.pgtend_sandbox(), ''), true);
END
$call$
