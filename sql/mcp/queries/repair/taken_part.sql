-- What has the name $2 in the schema $1, which the partition $3 needs for its part of an index: what an earlier call has
-- built is taken, anything else stands in its way. $4 is what stands behind the table in the index's definition, $5
-- whether it is unique, $6 whether a constraint is to be made of it.
SELECT coalesce(pg_get_indexdef(i.indexrelid), c.oid::regclass::text) AS value, 1::bigint AS count
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
WHERE n.nspname = $1 AND c.relname = $2
    AND NOT coalesce(
        i.indrelid = to_regclass($3) AND (
            NOT i.indisvalid
            OR i.indisunique = $5::boolean
                AND translate(
                    regexp_replace(
                        substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*'), ' WITH \([^)]*\)(?= WHERE |$)', ''),
                    '"', '') = translate($4::text, '"', '')
                AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
                AND NOT ($6::boolean AND EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid))),
        false)
