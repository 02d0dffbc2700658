-- Which of the tables $1 (oids) have more than 1 MB of what a new partition would be made by: nothing limits the texts of
-- policies, triggers, indexes and the like, nor how many there are, and a plan holds them in memory. The server counts, so
-- that they are not sent.
SELECT n.nspname AS schema, c.relname AS name, s.bytes
FROM (
    SELECT part.oid, sum(part.bytes)::bigint AS bytes
    FROM (
        SELECT g.oid, octet_length(g::text) AS bytes
        FROM (
            -- include run/template/grants
        ) AS g
        UNION ALL
        SELECT p.oid, octet_length(p::text)
        FROM (
            -- include run/template/policies
        ) AS p
        UNION ALL
        SELECT t.oid, octet_length(t::text)
        FROM (
            -- include run/template/triggers
        ) AS t
        UNION ALL
        SELECT o.oid, octet_length(o::text)
        FROM (
            -- include run/template/parts
        ) AS o
        UNION ALL
        SELECT b.oid, octet_length(b::text)
        FROM (
            -- include run/template/publications
        ) AS b
    ) AS part
    GROUP BY part.oid
) AS s
JOIN pg_class AS c ON c.oid = s.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE s.bytes > 1000000
ORDER BY s.bytes DESC
LIMIT 1
