-- The latest slot of database $1 and task $2 that is recorded and was due before $3. One that is said to be due only in
-- the future was entered by somebody whose clock was wrong.
SELECT (extract(epoch FROM max(s.due)) * 1000000)::bigint AS due
FROM pgtend_ledger.slot AS s
WHERE s.database_name = $1 AND s.task = $2 AND s.due < least($3::timestamptz, clock_timestamp())
