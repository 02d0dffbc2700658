-- Notes, for run $1, mostly in the transaction of a step, what the planner of action $2 has to know again of the object $3
-- (schema) and $4 (name): texts $6 by their names $5, in the place of what was remembered.
-- No row where the run is not running any more, as for step_done.
INSERT INTO pgtend_ledger.memory AS m (
    action, schema_name, object_name, system_identifier, database_oid, content, run_id, noted_at
)
SELECT $2, $3, $4, s.system_identifier, d.oid, jsonb_object($5::text[], $6::text[]), r.id, clock_timestamp()
FROM (SELECT n.id FROM pgtend_ledger.run AS n WHERE n.id = $1 AND n.state = 'running' FOR SHARE) AS r
CROSS JOIN pg_control_system() AS s
JOIN pg_database AS d ON d.datname = current_database()
ON CONFLICT (action, schema_name, object_name) DO UPDATE
SET system_identifier = excluded.system_identifier, database_oid = excluded.database_oid, content = excluded.content,
    run_id = excluded.run_id, noted_at = excluded.noted_at
RETURNING m.action
