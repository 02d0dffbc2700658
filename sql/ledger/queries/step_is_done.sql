-- Whether the step with number $2 of run $1 was committed.
SELECT EXISTS (
    SELECT FROM pgtend_ledger.step AS s WHERE s.run_id = $1 AND s.number = $2::integer AND s.outcome = 'done'
) AS is_done
