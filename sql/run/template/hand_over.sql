-- What the owner of a new partition, $1.$2 of $3.$4, has made of it since it was created: the first found, as a phrase; no
-- row where it is as it was. Asked before it is given to another role, as whom a rule would run. $5 is the owner, $6 those
-- to whom default privileges give something (an empty name is PUBLIC).
WITH made AS (
    SELECT c.*
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1::text AND c.relname = $2::text
)
SELECT f.what
FROM (
    SELECT 'it is gone, or no table any more' AS what
    WHERE NOT EXISTS (SELECT FROM made AS m WHERE m.relkind = 'r')
    UNION ALL
    SELECT 'it is no partition of its parent any more'
    FROM made AS m
    WHERE NOT EXISTS (
        SELECT
        FROM pg_inherits AS h
        JOIN pg_class AS p ON p.oid = h.inhparent
        JOIN pg_namespace AS n ON n.oid = p.relnamespace
        WHERE h.inhrelid = m.oid AND n.nspname = $3::text AND p.relname = $4::text
    )
    UNION ALL
    SELECT 'it has another owner' FROM made AS m WHERE pg_get_userbyid(m.relowner) <> $5::text
    UNION ALL
    SELECT 'it has a rule' FROM made AS m WHERE m.relhasrules
    UNION ALL
    SELECT 'another table inherits from it' FROM made AS m
    WHERE EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhparent = m.oid)
    UNION ALL
    SELECT format('it is granted to %s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
    FROM made AS m
    CROSS JOIN LATERAL aclexplode(m.relacl) AS a
    WHERE a.grantee <> m.relowner
        AND CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee) END <> ALL ($6::text[])
    UNION ALL
    SELECT 'a cast belongs to its type' FROM made AS m
    WHERE EXISTS (
        SELECT
        FROM pg_cast AS k
        JOIN pg_type AS t ON t.oid IN (k.castsource, k.casttarget)
        WHERE t.typrelid = m.oid OR t.typelem = m.reltype
    )
    UNION ALL
    SELECT 'a sequence belongs to a column of it' FROM made AS m
    WHERE EXISTS (
        SELECT
        FROM pg_depend AS d
        JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = m.oid
            AND d.deptype = 'a'
    )
    UNION ALL
    SELECT 'columns of it are granted' FROM made AS m
    WHERE EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = m.oid AND a.attacl IS NOT NULL)
) AS f
ORDER BY f.what
LIMIT 1
