-- The body is sql/run/statistics/lock.sql and publish.sql with the names of this schema: a test compares.
--
-- SECURITY DEFINER: the figures must be counted by a role that row-level security does not bind, without giving the
-- caller every tenant's documents to read. row_security = off turns a policy that binds the owner after all (FORCE)
-- into an error instead of a smaller count. A plan is made for each call, since tenants differ by orders of
-- magnitude; what the body sets for its planner ends with the call, since the function sets it too.
CREATE FUNCTION mcp.update_embedding_statistics(
    tenant uuid,
    OUT total_documents bigint,
    OUT avg_document_length numeric,
    OUT total_terms bigint,
    OUT terms_written bigint,
    OUT terms_removed bigint
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET enable_nestloop = off
SET plan_cache_mode = force_custom_plan
AS $$
-- Takes the tenant's row of the target until the transaction ends, and makes it where it is missing (WHERE false: an
-- existing row is locked, not written). First of the two statements that publish a tenant's corpus statistics, both in
-- one READ COMMITTED transaction: the second takes its snapshot after this lock, so of two sessions the one that
-- publishes later has also counted later. It also turns nested loops off for the rest of the transaction: the planner
-- cannot guess how many terms a corpus has, and a nested loop over two lists of terms takes hours where a hash takes
-- a second. Comments here hold neither placeholders nor parameters: what is put in for them may hold a line break.
INSERT INTO mcp.embedding_statistics
    (tenant_id, total_documents, avg_document_length, term_document_frequencies, last_updated)
SELECT $1, 0, NULL, pg_catalog.jsonb_build_object(), pg_catalog.now()
FROM (SELECT pg_catalog.set_config('enable_nestloop', 'off', true)) AS planner
ON CONFLICT (tenant_id) DO UPDATE SET total_documents = EXCLUDED.total_documents
WHERE false;
-- Counts the corpus of a tenant, the parameter, and publishes it, in one statement and so from one snapshot. Run after
-- corpus_lock, in the same transaction. The parameter is sent without a type: its first use gives it that of the
-- tenant's column. Every name is qualified, as the search_path is that of the owner of the corpus, for his triggers: on it
-- a function or an operator of just these types would be taken for the built-in one.
WITH population AS (
    -- A document is a row with at least one lexeme; NULL and empty tsvectors are none.
    SELECT pg_catalog.count(*) AS documents
    FROM mcp.embeddings AS d
    WHERE d.tenant_id OPERATOR(pg_catalog.=) $1
        AND pg_catalog.length(d.content_tsvector) OPERATOR(pg_catalog.>) 0
),
counted AS MATERIALIZED (
    SELECT
        l.lexeme AS term, pg_catalog.count(*) AS documents,
        pg_catalog.sum(coalesce(pg_catalog.cardinality(l.positions), 0)) AS positions
    FROM mcp.embeddings AS d
    CROSS JOIN LATERAL pg_catalog.unnest(d.content_tsvector) AS l
    WHERE d.tenant_id OPERATOR(pg_catalog.=) $1
    GROUP BY l.lexeme
),
totals AS (
    SELECT
        p.documents,
        (SELECT pg_catalog.sum(c.positions) FROM counted AS c)
        OPERATOR(pg_catalog./) CASE WHEN p.documents OPERATOR(pg_catalog.>) 0 THEN p.documents END AS average
    FROM population AS p
),
-- The terms whose count is not what the table says; NULL documents: no document contains the term any more.
difference AS MATERIALIZED (
    SELECT coalesce(c.term, k.term) AS term, c.documents
    FROM counted AS c
    FULL JOIN (
        SELECT t.term AS term, t.document_count AS documents
        FROM mcp.embedding_term_statistics AS t
        WHERE t.tenant_id OPERATOR(pg_catalog.=) $1
    ) AS k ON k.term OPERATOR(pg_catalog.=) c.term COLLATE pg_catalog."C"
    WHERE (c.documents OPERATOR(pg_catalog.=) k.documents) IS NOT TRUE
),
removed AS (
    DELETE FROM mcp.embedding_term_statistics AS t
    USING difference AS d
    WHERE t.tenant_id OPERATOR(pg_catalog.=) $1
        AND t.term OPERATOR(pg_catalog.=) d.term COLLATE pg_catalog."C" AND d.documents IS NULL
    RETURNING 1
),
written AS (
    INSERT INTO mcp.embedding_term_statistics (tenant_id, term, document_count)
    SELECT $1, d.term, d.documents
    FROM difference AS d
    WHERE d.documents IS NOT NULL
    ORDER BY d.term COLLATE pg_catalog."C"
    ON CONFLICT (tenant_id, term) DO UPDATE SET document_count = EXCLUDED.document_count
    RETURNING 1
),
published_terms AS (
    SELECT c.term, c.documents
    FROM counted AS c
    ORDER BY c.documents DESC, c.term COLLATE pg_catalog."C"
    LIMIT 1000
),
published AS (
    INSERT INTO mcp.embedding_statistics AS s
        (tenant_id, total_documents, avg_document_length, term_document_frequencies, last_updated)
    SELECT
        $1, n.documents, n.average,
        coalesce(
            (SELECT pg_catalog.jsonb_object_agg(p.term, p.documents) FROM published_terms AS p),
            pg_catalog.jsonb_build_object()
        ),
        pg_catalog.now()
    FROM totals AS n
    ON CONFLICT (tenant_id) DO UPDATE SET
        total_documents = EXCLUDED.total_documents,
        avg_document_length = EXCLUDED.avg_document_length,
        -- The old value again where nothing changed: it stays where it is on disk.
        term_document_frequencies = CASE
            WHEN s.term_document_frequencies OPERATOR(pg_catalog.=) EXCLUDED.term_document_frequencies THEN s.term_document_frequencies
            ELSE EXCLUDED.term_document_frequencies
        END,
        last_updated = EXCLUDED.last_updated
)
SELECT
    n.documents AS total_documents,
    n.average AS avg_document_length,
    (SELECT pg_catalog.count(*) FROM counted) AS total_terms,
    (SELECT pg_catalog.count(*) FROM written) AS terms_written,
    (SELECT pg_catalog.count(*) FROM removed) AS terms_removed
FROM totals AS n;
$$;
ALTER FUNCTION mcp.update_embedding_statistics(uuid) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.update_embedding_statistics(uuid) FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.update_embedding_statistics(uuid) IS
    'Counts the tenant''s documents and publishes embedding_statistics and embedding_term_statistics, both from one '
    'snapshot; returns what was published and how many term rows changed. A tenant without documents keeps its row, '
    'at 0 with a NULL average. Two calls for one tenant wait for each other, and the later one counts later.';
