-- The body of a block that keeps schemas from being renamed, dropped or given to another owner until the end of the
-- transaction. $1: a row for each, of its name, of the OID that it has to have (NULL stands for any, 0 for a name that no
-- schema has), and whether one of any OID has to be there.
DECLARE
    pinned record;
    found oid;
    holders text;
BEGIN
    FOR pinned IN SELECT p.* FROM (VALUES $1) AS p (name, expected, is_needed) ORDER BY p.name LOOP
        -- A row lock on pg_namespace is a superuser's to take: nobody else may have UPDATE on a catalog.
        IF has_table_privilege('pg_namespace', 'UPDATE') THEN
            SELECT n.oid INTO found FROM pg_namespace AS n WHERE n.nspname = pinned.name FOR SHARE;
        ELSE
            SELECT n.oid INTO found FROM pg_namespace AS n WHERE n.nspname = pinned.name;
        END IF;
        IF found IS NULL AND pinned.expected IS NULL AND pinned.is_needed THEN
            RAISE invalid_schema_name USING MESSAGE = format('schema %I does not exist', pinned.name);
        END IF;
        -- Names in the statements that follow are resolved by the session's cache, which may still hold what a name led to
        -- before the lock, but takes in nothing new for it from now on.
        IF coalesce(found, 0) <> coalesce(pinned.expected, found, 0)
            OR coalesce(to_regnamespace(quote_ident(pinned.name))::oid, 0) <> coalesce(found, 0)
        THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('schema %I is not the one that was looked at: it was renamed, or made anew', pinned.name),
                HINT = 'Look at who renames schemas, then repeat the command.',
                SCHEMA = pinned.name;
        END IF;
    END LOOP;
EXCEPTION WHEN lock_not_available THEN
    SELECT string_agg(DISTINCT format('pid %s (%s, %s)', l.pid, a.usename, a.application_name), ', ') INTO holders
    FROM pg_namespace AS n
    JOIN pg_locks AS l ON l.transactionid = n.xmax AND l.locktype = 'transactionid' AND l.granted
    LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE n.nspname = pinned.name;
    RAISE lock_not_available USING
        MESSAGE = format(
            'schema %I is being renamed, dropped, granted or given away by another session%s',
            pinned.name, coalesce(': ' || holders, '')),
        SCHEMA = pinned.name;
END
