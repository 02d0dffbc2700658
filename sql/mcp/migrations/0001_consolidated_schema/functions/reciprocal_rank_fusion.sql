CREATE FUNCTION mcp.reciprocal_rank_fusion(ranks bigint[], k double precision DEFAULT 60) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    score double precision := 0;
    rank bigint;
BEGIN
    IF k IS NULL OR k < 0 OR k = 'NaN' THEN
        RAISE EXCEPTION 'reciprocal rank fusion needs k of at least 0, not %', k
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOREACH rank IN ARRAY coalesce(ranks, '{}')
    LOOP
        IF rank < 1 THEN
            RAISE EXCEPTION 'a rank is a number from 1 on, not %', rank
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF rank IS NOT NULL THEN
            score := score + 1 / (k + rank);
        END IF;
    END LOOP;
    RETURN score;
END
$$;
ALTER FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision) OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision)
    FROM PUBLIC, mcp_application, mcp_readonly;
GRANT EXECUTE ON FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision) TO mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.reciprocal_rank_fusion(bigint[], double precision) IS
    'The sum of 1 / (k + rank) over the lists that a document is in. One element a list: its rank there, from 1, or '
    'NULL where the list does not have it. 0 for a document in no list.';
