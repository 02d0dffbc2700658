-- A CHECK takes no subquery, and pgvector keeps no count of dimensions in an array's type.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
BEGIN
    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.is_projection_matrix(matrix %1$I.vector[], row_count integer, row_dimensions integer)
            RETURNS boolean
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            SET search_path = pg_catalog, pg_temp
            AS $function$
                SELECT coalesce(array_ndims(matrix) = 1 AND cardinality(matrix) = row_count AND (
                    SELECT bool_and(r IS NOT NULL AND %1$I.vector_dims(r) = row_dimensions) FROM unnest(matrix) AS r
                ), false)
            $function$;
            ALTER FUNCTION mcp.is_projection_matrix(%1$I.vector[], integer, integer) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.is_projection_matrix(%1$I.vector[], integer, integer)
                FROM PUBLIC, mcp_application, mcp_readonly;
            COMMENT ON FUNCTION mcp.is_projection_matrix(%1$I.vector[], integer, integer) IS
                'Whether the array holds that many vectors of that many dimensions each: a matrix by its rows.'
        $statement$, home);
END
$$;
