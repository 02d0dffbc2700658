-- Nobody writes to a table of the schema any more from here on, and none may have rows: they have been counted before,
-- but that was without locks. The tables that are dropped are named in the setting pgtend.rollback_tables, those of one
-- owner, in whose sandbox this runs; what else stands in the schema stays as it is.
DO $$
DECLARE
    target regclass;
    has_rows boolean;
BEGIN
    FOR target IN
        SELECT c.oid
        FROM unnest(current_setting('pgtend.rollback_tables')::text[]) AS t (name)
        JOIN pg_catalog.pg_class AS c ON c.relname = t.name
        WHERE c.relnamespace = to_regnamespace('mcp') AND c.relkind IN ('r', 'p')
        ORDER BY c.relname
    LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', target);
        -- Its rows are not seen through the parent, nor are those of its own partitions.
        IF EXISTS (
            WITH RECURSIVE part AS (
                SELECT i.inhrelid, i.inhdetachpending FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = target
                UNION ALL
                SELECT i.inhrelid, i.inhdetachpending
                FROM part AS p
                JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.inhrelid
            )
            SELECT FROM part AS p WHERE p.inhdetachpending
        ) THEN
            RAISE EXCEPTION 'a partition of % is being detached', target
                USING ERRCODE = 'object_not_in_prerequisite_state',
                    HINT = 'Complete that first: ALTER TABLE ... DETACH PARTITION ... FINALIZE.';
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', target) INTO has_rows;
        IF has_rows THEN
            RAISE EXCEPTION 'table % has rows', target
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'They are dropped with --drop-rows only.';
        END IF;
    END LOOP;
END
$$
