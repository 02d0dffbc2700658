-- The first of the objects that stands, of those with the addresses $1 (catalogs) and $2 (OIDs), pairwise.
SELECT d.description
FROM unnest($1::bigint[], $2::bigint[]) AS o (class, object)
CROSS JOIN LATERAL pg_describe_object(o.class::oid, o.object::oid, 0) AS d (description)
WHERE d.description IS NOT NULL
ORDER BY 1
LIMIT 1
