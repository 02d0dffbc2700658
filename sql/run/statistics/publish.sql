-- Counts the corpus of a tenant, the parameter, and publishes it, in one statement and so from one snapshot. Run after
-- corpus_lock, in the same transaction. The parameter is sent without a type: its first use gives it that of the
-- tenant's column. Every name is qualified, as the search_path is that of the owner of the corpus, for his triggers: on it
-- a function or an operator of just these types would be taken for the built-in one.
WITH population AS (
    -- A document is a row with at least one lexeme; NULL and empty tsvectors are none.
    SELECT pg_catalog.count(*) AS documents
    FROM {source} AS d
    WHERE d.{source.tenant}{tenant.cast} OPERATOR({tenant.operators}.=) $1
        AND pg_catalog.length(d.{source.tsvector}) OPERATOR(pg_catalog.>) 0
),
counted AS MATERIALIZED (
    SELECT
        l.lexeme AS term, pg_catalog.count(*) AS documents,
        pg_catalog.sum(coalesce(pg_catalog.cardinality(l.positions), 0)) AS positions
    FROM {source} AS d
    CROSS JOIN LATERAL pg_catalog.unnest(d.{source.tsvector}) AS l
    WHERE d.{source.tenant}{tenant.cast} OPERATOR({tenant.operators}.=) $1
    GROUP BY l.lexeme
),
totals AS (
    SELECT
        p.documents,
        (SELECT pg_catalog.sum(c.positions) FROM counted AS c)
        OPERATOR(pg_catalog./) CASE WHEN p.documents OPERATOR(pg_catalog.>) 0 THEN p.documents END AS average
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
        WHERE t.{terms.tenant}{tenant.cast} OPERATOR({tenant.operators}.=) $1
    ) AS k ON k.term OPERATOR(pg_catalog.=) c.term COLLATE pg_catalog."C"
    WHERE (c.documents OPERATOR(pg_catalog.=) k.documents) IS NOT TRUE
),
removed AS (
    DELETE FROM {terms} AS t
    USING difference AS d
    WHERE t.{terms.tenant}{tenant.cast} OPERATOR({tenant.operators}.=) $1
        AND t.{terms.term} OPERATOR(pg_catalog.=) d.term COLLATE pg_catalog."C" AND d.documents IS NULL
    RETURNING 1
),
written AS (
    INSERT INTO {terms} ({terms.tenant}, {terms.term}, {terms.documents})
    SELECT $1, d.term, d.documents
    FROM difference AS d
    WHERE d.documents IS NOT NULL
    ORDER BY d.term COLLATE pg_catalog."C"
    ON CONFLICT ({terms.tenant}, {terms.term}) DO UPDATE SET {terms.documents} = EXCLUDED.{terms.documents}
    RETURNING 1
),
-- end
published_terms AS (
    SELECT c.term, c.documents
    FROM counted AS c
-- when terms:
    ORDER BY c.documents DESC, c.term COLLATE pg_catalog."C"
    LIMIT 1000
-- end
),
published AS (
    INSERT INTO {target} AS s
        ({target.tenant}, {target.documents}, {target.average}, {target.frequencies}, {target.updated})
    SELECT
        $1, n.documents, n.average,
        coalesce(
            (SELECT pg_catalog.jsonb_object_agg(p.term, p.documents) FROM published_terms AS p),
            pg_catalog.jsonb_build_object()
        ),
        pg_catalog.now()
    FROM totals AS n
    ON CONFLICT ({target.tenant}) DO UPDATE SET
        {target.documents} = EXCLUDED.{target.documents},
        {target.average} = EXCLUDED.{target.average},
        -- The old value again where nothing changed: it stays where it is on disk.
        {target.frequencies} = CASE
            WHEN s.{target.frequencies} OPERATOR(pg_catalog.=) EXCLUDED.{target.frequencies} THEN s.{target.frequencies}
            ELSE EXCLUDED.{target.frequencies}
        END,
        {target.updated} = EXCLUDED.{target.updated}
)
SELECT
    n.documents AS total_documents,
    n.average AS avg_document_length,
    (SELECT pg_catalog.count(*) FROM counted) AS total_terms,
-- when terms:
    (SELECT pg_catalog.count(*) FROM written) AS terms_written,
    (SELECT pg_catalog.count(*) FROM removed) AS terms_removed
-- else
    0::bigint AS terms_written,
    0::bigint AS terms_removed
-- end
FROM totals AS n;
