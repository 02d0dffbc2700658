-- The server, and who we are on it. The first statement of a snapshot: transaction_timestamp() is its moment.
SELECT
    current_setting('server_version_num')::integer AS version_number,
    current_database() AS database,
    current_user AS role,
    pg_is_in_recovery() AS is_standby,
    -- The session pins TimeZone; reset_val is what this role has in this database without that.
    (SELECT s.reset_val FROM pg_settings AS s WHERE s.name = 'TimeZone') AS time_zone,
    (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint AS taken_at
