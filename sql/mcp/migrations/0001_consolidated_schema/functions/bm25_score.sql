-- ln(1 + x) and not ln(x): it never is negative, so a term that most documents contain costs no document its rank.
-- With k1 = 0 the frequency in the document does not count: the score is then the idf alone.
CREATE FUNCTION mcp.bm25_score(
    term_frequency double precision,
    document_frequency double precision,
    document_length double precision,
    average_length double precision,
    total_documents double precision,
    k1 double precision DEFAULT 1.2,
    b double precision DEFAULT 0.75
) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    documents constant double precision := greatest(coalesce(total_documents, 0), 0);
    containing constant double precision := least(greatest(coalesce(document_frequency, 0), 0), documents);
    relative_length constant double precision :=
        CASE WHEN document_length >= 0 AND average_length > 0 THEN document_length / average_length ELSE 1 END;
BEGIN
    IF 'NaN' = ANY (ARRAY[
        term_frequency, document_frequency, document_length, average_length, total_documents, k1, b]) THEN
        RAISE EXCEPTION 'BM25 takes no NaN'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF k1 IS NULL OR b IS NULL OR k1 < 0 OR b < 0 OR b > 1 THEN
        RAISE EXCEPTION 'BM25 needs k1 of at least 0 and b from 0 to 1, not % and %', k1, b
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF term_frequency IS NULL OR term_frequency <= 0 THEN
        RETURN 0;
    END IF;
    RETURN ln(1 + (documents - containing + 0.5) / (containing + 0.5))
        * term_frequency * (k1 + 1) / (term_frequency + k1 * (1 - b + b * relative_length));
END
$$;
ALTER FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.bm25_score(
    double precision, double precision, double precision, double precision, double precision, double precision,
    double precision
) IS
    'BM25 of one term in one document; the score of a document is the sum over the terms of the query. 0 where the '
    'document does not contain the term. An unknown document frequency or number of documents counts as 0; without '
    'a length or an average the document counts as of average length.';
