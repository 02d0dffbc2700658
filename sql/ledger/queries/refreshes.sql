-- The last refresh of each view that the ledger knows of, whatever the configuration calls the database.
SELECT DISTINCT ON (s.schema_name, s.object_name)
    s.schema_name AS schema,
    s.object_name AS name,
    s.run_id,
    (extract(epoch FROM s.started_at) * 1000000)::bigint AS started_at,
    (extract(epoch FROM s.duration) * 1000000)::bigint AS duration
FROM pgtend_ledger.step AS s
WHERE s.task = 'views' AND s.key LIKE 'refresh\_view %' AND s.outcome = 'done'
ORDER BY s.schema_name, s.object_name, s.started_at DESC
