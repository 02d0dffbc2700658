-- Notes, in the transaction of the step, what the planner of action $1 has to know again of the object $2 (schema) and $3
-- (name): texts $5 by their names $4. Run $6 notes it; the memory that there was of the object goes.
INSERT INTO pgtend_ledger.memory AS m (
    action, schema_name, object_name, system_identifier, database_oid, content, run_id, noted_at
)
SELECT $1, $2, $3, s.system_identifier, d.oid, jsonb_object($4::text[], $5::text[]), $6, clock_timestamp()
FROM pg_control_system() AS s
JOIN pg_database AS d ON d.datname = current_database()
ON CONFLICT (action, schema_name, object_name) DO UPDATE
SET system_identifier = excluded.system_identifier, database_oid = excluded.database_oid, content = excluded.content,
    run_id = excluded.run_id, noted_at = excluded.noted_at
