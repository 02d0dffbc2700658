-- What was noted in this database, and not in one that it is a copy of, for the planners of the actions $1.
SELECT m.action, m.schema_name AS schema, m.object_name AS name,
    (extract(epoch FROM m.noted_at) * 1000000)::bigint AS noted_at,
    array(SELECT t.key FROM jsonb_each_text(m.content) AS t ORDER BY t.key) AS keys,
    array(SELECT t.value FROM jsonb_each_text(m.content) AS t ORDER BY t.key) AS texts
FROM pgtend_ledger.memory AS m
JOIN pg_control_system() AS s ON s.system_identifier = m.system_identifier
JOIN pg_database AS d ON d.oid = m.database_oid AND d.datname = current_database()
WHERE m.action = ANY ($1::text[])
