-- Counts the corpus of a tenant, the parameter, and publishes it, in one statement and so from one snapshot. Run after
-- corpus_lock, in the same transaction. The parameter is sent without a type: its first use gives it that of the
-- tenant's column.
WITH population AS (
    -- A document is a row with at least one lexeme; NULL and empty tsvectors are none.
    SELECT count(*) AS documents
    FROM {source} AS d
    WHERE d.{source.tenant} = $1 AND length(d.{source.tsvector}) > 0
),
counted AS MATERIALIZED (
    SELECT l.lexeme AS term, count(*) AS documents, sum(coalesce(cardinality(l.positions), 0)) AS positions
    FROM {source} AS d
    CROSS JOIN LATERAL unnest(d.{source.tsvector}) AS l
    WHERE d.{source.tenant} = $1
    GROUP BY l.lexeme
),
totals AS (
    SELECT p.documents, (SELECT sum(c.positions) FROM counted AS c) / nullif(p.documents, 0) AS average
    FROM population AS p
),
-- when terms:
-- The terms whose count is not what the table says; NULL documents: no document contains the term any more.
difference AS MATERIALIZED (
    SELECT coalesce(c.term, k.term) AS term, c.documents
    FROM counted AS c
    FULL JOIN (
        SELECT t.{terms.term} AS term, t.{terms.documents} AS documents
        FROM {terms} AS t
        WHERE t.{terms.tenant} = $1
    ) AS k ON k.term = c.term COLLATE "C"
    WHERE c.documents IS DISTINCT FROM k.documents
),
removed AS (
    DELETE FROM {terms} AS t
    USING difference AS d
    WHERE t.{terms.tenant} = $1 AND t.{terms.term} = d.term COLLATE "C" AND d.documents IS NULL
    RETURNING 1
),
written AS (
    INSERT INTO {terms} ({terms.tenant}, {terms.term}, {terms.documents})
    SELECT $1, d.term, d.documents
    FROM difference AS d
    WHERE d.documents IS NOT NULL
    ORDER BY d.term COLLATE "C"
    ON CONFLICT ({terms.tenant}, {terms.term}) DO UPDATE SET {terms.documents} = EXCLUDED.{terms.documents}
    RETURNING 1
),
-- end
published_terms AS (
    SELECT c.term, c.documents
    FROM counted AS c
-- when terms:
    ORDER BY c.documents DESC, c.term COLLATE "C"
    LIMIT 1000
-- end
),
published AS (
    INSERT INTO {target} AS s
        ({target.tenant}, {target.documents}, {target.average}, {target.frequencies}, {target.updated})
    SELECT
        $1, n.documents, n.average,
        coalesce((SELECT jsonb_object_agg(p.term, p.documents) FROM published_terms AS p), jsonb_build_object()),
        now()
    FROM totals AS n
    ON CONFLICT ({target.tenant}) DO UPDATE SET
        {target.documents} = EXCLUDED.{target.documents},
        {target.average} = EXCLUDED.{target.average},
        -- The old value again where nothing changed: it stays where it is on disk.
        {target.frequencies} = CASE
            WHEN s.{target.frequencies} = EXCLUDED.{target.frequencies} THEN s.{target.frequencies}
            ELSE EXCLUDED.{target.frequencies}
        END,
        {target.updated} = EXCLUDED.{target.updated}
)
SELECT
    n.documents AS total_documents,
    n.average AS avg_document_length,
    (SELECT count(*) FROM counted) AS total_terms,
-- when terms:
    (SELECT count(*) FROM written) AS terms_written,
    (SELECT count(*) FROM removed) AS terms_removed
-- else
    0::bigint AS terms_written,
    0::bigint AS terms_removed
-- end
FROM totals AS n;
