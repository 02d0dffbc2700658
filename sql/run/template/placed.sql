-- What the partition $1 (name) of the table $2 (oid) has not got, one phrase for all; NULL if it has it all: of the
-- privileges $3 for the grantees $4 ('' is PUBLIC) on the columns $5 ('' is the table), and of the publications $6. Its schema
-- may have another name by now. And whether a table of that name has got something in its place, though the partition may
-- have got the same later: code of the schema's owner that attaching it runs can see to that.
--
-- What this transaction has written it knows by its number, and by the next ones: those of its savepoints, and of
-- whoever else has begun since. Which is whose is not to be told, so that somebody who gives a table of that name something
-- at the same time has the step fail; the next run makes the partition.
WITH made AS (
    SELECT c.oid, c.relacl
    FROM pg_inherits AS h
    JOIN pg_class AS c ON c.oid = h.inhrelid
    CROSS JOIN LATERAL (SELECT h.xmin AS number) AS entry
    WHERE h.inhparent = $2::oid AND c.relname = $1::text AND (
        -- include run/template/written_now
    )
)
SELECT string_agg(lack.phrase, ', ') AS lack
FROM (
    SELECT format('%s for %s', w.privilege, coalesce(nullif(w.grantee, ''), 'PUBLIC'))
    FROM unnest($3::text[], $4::text[], $5::text[]) AS w (privilege, grantee, column_name)
    WHERE NOT EXISTS (
        SELECT
        FROM made AS m
        LEFT JOIN pg_attribute AS a ON a.attrelid = m.oid AND a.attname = w.column_name
        CROSS JOIN aclexplode(CASE WHEN w.column_name = '' THEN m.relacl ELSE a.attacl END) AS g
        WHERE g.privilege_type = w.privilege
            AND CASE WHEN g.grantee = 0 THEN '' ELSE pg_get_userbyid(g.grantee) END = w.grantee
    )
    UNION ALL
    SELECT format('a place in publication %I', w.publication)
    FROM unnest($6::text[]) AS w (publication)
    WHERE NOT EXISTS (
        SELECT
        FROM made AS m
        JOIN pg_publication_rel AS r ON r.prrelid = m.oid
        JOIN pg_publication AS p ON p.oid = r.prpubid
        WHERE p.pubname = w.publication
    )
    UNION ALL
    SELECT format('what %s has got', c.oid::regclass)
    FROM pg_class AS c
    CROSS JOIN LATERAL (
        SELECT c.xmin AS number
        UNION ALL
        SELECT a.xmin FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL
        UNION ALL
        SELECT r.xmin FROM pg_publication_rel AS r WHERE r.prrelid = c.oid
    ) AS entry
    WHERE c.relname = $1::text AND c.oid NOT IN (SELECT m.oid FROM made AS m) AND (
        -- include run/template/written_now
    )
) AS lack (phrase)
