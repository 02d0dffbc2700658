-- Who applies the schema, and on what. A proxy that pools transactions answers with the pid of whichever backend it
-- picked.
SELECT
    current_user AS role,
    pg_is_in_recovery() AS is_standby,
    pg_backend_pid() AS backend_pid,
    to_regclass('pgtend.schema_migrations') IS NOT NULL AS has_history
