-- The checksums of the texts $2 with the numbers $1, pairwise, as pgtend.schema_migrations records them.
SELECT t.number, encode(sha256(convert_to(t.text, 'UTF8')), 'hex') AS checksum
FROM unnest($1::bigint[], $2::text[]) AS t (number, text)
ORDER BY t.number
