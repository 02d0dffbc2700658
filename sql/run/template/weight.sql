-- Whether any of the tables $1 (oids) may have more than 1 MB of what size.sql counts, which takes longer: by what the
-- catalogs hold themselves. A text of an expression takes less than its tree does; names may take 130 bytes, and a privilege
-- is a row of its own.
SELECT coalesce(max(s.bytes), 0) > 1000000 AS may_be_long
FROM (
    SELECT part.oid, sum(part.bytes) AS bytes
    FROM (
        SELECT
            p.polrelid AS oid,
            1000 + 130 * cardinality(p.polroles)
                + 2 * coalesce(octet_length(concat(p.polqual::text, p.polwithcheck::text)), 0) AS bytes
        FROM pg_policy AS p
        WHERE p.polrelid = ANY ($1::oid[])
        UNION ALL
        SELECT
            t.tgrelid,
            1000 + 130 * cardinality(t.tgattr::int2[]) + 4 * octet_length(t.tgargs)
                + 2 * coalesce(octet_length(t.tgqual::text), 0)
        FROM pg_trigger AS t
        WHERE t.tgrelid = ANY ($1::oid[])
        UNION ALL
        SELECT
            i.indrelid, 1000 + 500 * i.indnatts + 2 * octet_length(concat(i.indexprs::text, i.indpred::text))
        FROM pg_index AS i
        WHERE i.indrelid = ANY ($1::oid[])
        UNION ALL
        SELECT
            k.conrelid,
            1000 + 130 * coalesce(cardinality(k.conkey || k.confkey), 0) + 2 * coalesce(octet_length(k.conbin::text), 0)
        FROM pg_constraint AS k
        WHERE k.conrelid = ANY ($1::oid[])
        UNION ALL
        SELECT
            r.prrelid,
            1000 + 130 * coalesce(cardinality(r.prattrs::int2[]), 0) + 2 * coalesce(octet_length(r.prqual::text), 0)
        FROM pg_publication_rel AS r
        WHERE r.prrelid = ANY ($1::oid[])
        UNION ALL
        SELECT c.oid, 30 * octet_length(c.relacl::text) FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])
        UNION ALL
        SELECT a.attrelid, 30 * octet_length(a.attacl::text)
        FROM pg_attribute AS a
        WHERE a.attrelid = ANY ($1::oid[]) AND a.attacl IS NOT NULL
    ) AS part
    GROUP BY part.oid
) AS s
