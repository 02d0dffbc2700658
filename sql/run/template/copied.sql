-- What policies and triggers of the new partition $1.$2 use that they do not use on its sibling $3.$4, a partition of $5
-- (oid): the first found. They were made by the text of the sibling's, in which a name means whatever has it at that moment.
-- By pg_depend, which has a row for each function, operator and type but those of the server's own.
WITH tables AS (
    SELECT c.oid, (n.nspname, c.relname) = ($1::text, $2::text) AS is_new
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE (n.nspname, c.relname) = ($1::text, $2::text)
        OR (n.nspname, c.relname) = ($3::text, $4::text)
        AND EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = c.oid AND h.inhparent = $5::oid)
),
used AS (
    SELECT t.is_new, part.class, part.oid, part.name, d.refclassid, d.refobjid
    FROM tables AS t
    CROSS JOIN LATERAL (
        SELECT 'pg_policy'::regclass AS class, p.oid, p.polname AS name FROM pg_policy AS p WHERE p.polrelid = t.oid
        UNION ALL
        SELECT 'pg_trigger'::regclass, g.oid, g.tgname
        FROM pg_trigger AS g
        WHERE g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgparentid = 0
    ) AS part
    JOIN pg_depend AS d ON d.classid = part.class AND d.objid = part.oid
        -- The sibling's own table: where its name stands in a subquery, it stays that.
        AND d.refobjid NOT IN (SELECT own.oid FROM tables AS own)
)
SELECT
    pg_describe_object(u.class, u.oid, 0) AS part,
    pg_describe_object(u.refclassid, u.refobjid, 0) AS code
FROM used AS u
WHERE u.is_new AND NOT EXISTS (
    SELECT
    FROM used AS s
    WHERE NOT s.is_new AND (s.class, s.name, s.refclassid, s.refobjid) = (u.class, u.name, u.refclassid, u.refobjid)
)
UNION ALL
-- By their names, of which others may have made something else meanwhile.
SELECT 'partition', 'another relation' WHERE (SELECT count(*) FROM tables) <> 2
ORDER BY 1, 2
LIMIT 1
