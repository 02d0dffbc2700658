-- What decides by now whether and how the materialized view $1.$2 is refreshed; no row for one that is not there.
SELECT v.oid, pg_get_userbyid(v.relowner) AS owner, v.relispopulated AS is_populated, refreshable.*
FROM pg_class AS v
JOIN pg_namespace AS n ON n.oid = v.relnamespace
CROSS JOIN LATERAL (
    -- include run/catalog/refreshable
) AS refreshable
WHERE n.nspname = $1 AND v.relname = $2 AND v.relkind = 'm'
