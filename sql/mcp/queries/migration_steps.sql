-- The steps that the database has had of migration $1, and whether each is what it was: $2 are the paths of its files as they
-- are now, $3 their texts, pairwise.
SELECT
    s.step,
    EXISTS (
        SELECT
        FROM unnest($2::text[], $3::text[]) AS f (path, text)
        WHERE right(f.path, length(s.step) + 5) = '/' || s.step || '.sql'
            AND encode(sha256(convert_to(f.text, 'UTF8')), 'hex') = s.checksum
    ) AS is_same
FROM pgtend.migration_steps AS s
WHERE s.number = $1
