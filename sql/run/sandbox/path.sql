-- Makes pgtend.path the search_path that sessions of the role $1 have in this database.
SELECT set_config(
    'pgtend.path',
    coalesce(
        (
            SELECT substr(e.setting, length('search_path=') + 1)
            FROM pg_db_role_setting AS s
            CROSS JOIN LATERAL unnest(s.setconfig) AS e (setting)
            WHERE s.setrole IN (0, (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = $1))
                AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
                AND e.setting LIKE 'search\_path=%'
            ORDER BY s.setrole = 0, s.setdatabase = 0
            LIMIT 1
        ),
        -- The default of this session may be that of the role that connected, which is not the owner's.
        (
            SELECT '"$user", public'
            FROM pg_db_role_setting AS s
            CROSS JOIN LATERAL unnest(s.setconfig) AS e (setting)
            WHERE s.setrole = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = session_user)
                AND e.setting LIKE 'search\_path=%'
            LIMIT 1
        ),
        (SELECT s.reset_val FROM pg_settings AS s WHERE s.name = 'search_path')
    ),
    true
) AS path
