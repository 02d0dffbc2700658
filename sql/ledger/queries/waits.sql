-- For how long steps have waited for locks within the last hour, for each table, view or target.
SELECT s.schema_name AS schema, s.object_name AS name, (sum(extract(epoch FROM s.lock_wait)) * 1000000)::bigint AS waited
FROM pgtend_ledger.step AS s
WHERE s.lock_wait > '0' AND s.started_at > clock_timestamp() - interval '1 hour'
GROUP BY s.schema_name, s.object_name
