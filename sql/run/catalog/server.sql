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
    (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint AS taken_at
