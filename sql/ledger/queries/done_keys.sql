-- The steps that were done for slot $1 already, each with the run that did it.
SELECT s.key, s.run_id
FROM pgtend_ledger.step AS s
WHERE s.slot_id = $1::bigint AND s.outcome = 'done'
