-- Enters the run $1 of database $2 for slot $3 (NULL for a run by hand) with the tasks $4, of the process $6 on host $5
-- with the application name $7 and the program's version $8. It counts the runs that the slot has had.
INSERT INTO pgtend_ledger.run (
    id, database_name, slot_id, tasks, attempt, state, host, pid, application, pgtend_version, backend_pid, started_at
)
SELECT $1, $2, $3::bigint, $4::text[], 1 + (SELECT count(*) FROM pgtend_ledger.run AS r WHERE r.slot_id = $3::bigint),
    'running', $5, $6::integer, $7, $8, pg_backend_pid(), clock_timestamp()
RETURNING attempt
