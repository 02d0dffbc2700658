-- Who the session's role is.
SELECT
    r.rolname AS role,
    r.rolsuper AS is_superuser,
    r.rolinherit AS inherits,
    pg_has_role('pg_read_all_stats', 'USAGE') AS reads_all_stats,
    ARRAY(SELECT p.rolname::text FROM pg_roles AS p WHERE p.rolsuper) AS superusers,
    EXISTS (SELECT FROM pg_roles AS p WHERE p.rolname = 'pgtend') AS has_pgtend_role
FROM pg_roles AS r
WHERE r.rolname = current_user
