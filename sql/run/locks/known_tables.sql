-- The body of a block that fails unless each of the tables $1 (rows of schema, name, OID and relkinds) is still the table of
-- its name, of one of these kinds, and locked by this session: what has its name by now will have it until the end of the transaction,
-- as long as its schema does.
DECLARE
    lost text;
BEGIN
    SELECT format('%I.%I', t.schema, t.name) INTO lost
    FROM (VALUES $1) AS t (schema, name, oid, kinds)
    WHERE NOT EXISTS (
        SELECT
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_locks AS l ON l.locktype = 'relation' AND l.relation = c.oid AND l.pid = pg_backend_pid() AND l.granted
            AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        WHERE c.oid = t.oid AND c.relname = t.name AND n.nspname = t.schema AND strpos(t.kinds, c.relkind::text) > 0)
    LIMIT 1;
    IF lost IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('%s is not the table that was looked at: somebody has put something else in its place', lost),
            HINT = 'Look at who makes or renames tables there, then repeat the command.';
    END IF;
END
