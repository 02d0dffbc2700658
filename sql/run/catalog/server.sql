-- The server, and who we are on it. The first statement of a snapshot: transaction_timestamp() is its moment.
SELECT
    current_setting('server_version_num')::integer AS version_number,
    current_database() AS database,
    current_user AS role,
    pg_is_in_recovery() AS is_standby,
    -- The session pins TimeZone; reset_val is what this role has in this database without that.
    (SELECT s.reset_val FROM pg_settings AS s WHERE s.name = 'TimeZone') AS time_zone,
    -- It fires at our own DDL, and would run as our role.
    (
        SELECT format('event trigger %I calls %s of role %I', e.evtname, e.evtfoid::regprocedure, o.rolname)
        FROM pg_event_trigger AS e
        JOIN pg_proc AS f ON f.oid = e.evtfoid
        JOIN pg_roles AS o ON o.oid = f.proowner
        WHERE e.evtenabled <> 'D' AND NOT o.rolsuper AND o.rolname <> current_user
        ORDER BY e.evtname
        LIMIT 1
    ) AS foreign_event_trigger,
    -- What it takes no work of pgtend's: a phrase.
    (
        SELECT
            CASE
                WHEN p.rolname = current_user THEN 'it is a superuser'
                WHEN p.rolsuper THEN format('it may become %I, a superuser', p.rolname)
                ELSE format('it is a member of %I, and so may do on the server whatever its system user may', p.rolname)
            END
        FROM pg_roles AS p
        WHERE p.rolname = current_user AND p.rolsuper
            -- A superuser counts as a member of every role.
            OR NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) AND pg_has_role(p.oid, 'MEMBER')
                AND (p.rolsuper OR p.rolname IN ('pg_execute_server_program', 'pg_write_server_files'))
        ORDER BY p.rolsuper DESC, p.rolname
        LIMIT 1
    ) AS excess,
    (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint AS taken_at
