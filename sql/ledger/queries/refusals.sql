-- What run $1 left alone, in its order.
SELECT f.task, f.schema, f.name, f.reason, f.explanation, f.cure
FROM pgtend_ledger.run AS r
CROSS JOIN LATERAL ROWS FROM (
    jsonb_to_recordset(r.refusals)
        AS (task text, schema text, name text, reason text, explanation text, cure text)
) WITH ORDINALITY AS f (task, schema, name, reason, explanation, cure, place)
WHERE r.id = $1
ORDER BY f.place
