-- The pinned search_path names no schema, so what is pgvector's is written with the schema it lives in.
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
            CREATE FUNCTION mcp.normalize_embedding(
                embedding %1$I.vector, model_dimensions integer, model uuid DEFAULT NULL
            ) RETURNS %1$I.vector
            LANGUAGE plpgsql STABLE PARALLEL SAFE
            SET search_path = pg_catalog, pg_temp
            AS $function$
            DECLARE
                indexed_dimensions constant integer := 1536;
                own %1$I.vector;
                missing integer;
            BEGIN
                IF embedding IS NULL OR model_dimensions IS NULL OR model_dimensions < 1
                    OR model_dimensions > %1$I.vector_dims(embedding)
                THEN
                    RETURN NULL;
                END IF;
                own := %1$I.subvector(embedding, 1, model_dimensions);

                IF model_dimensions > indexed_dimensions THEN
                    -- In the list of columns the rows are taken from the array one by one; in FROM they would all be
                    -- written to a file first.
                    SELECT array_agg(r.number ORDER BY r.position)::%1$I.vector
                    INTO own
                    FROM (
                        SELECT
                            %1$I.inner_product(unnest(p.matrix), own) AS number,
                            generate_series(1, p.to_dimensions) AS position
                        FROM mcp.projection_matrices AS p
                        WHERE p.id = mcp.active_projection(model, model_dimensions)
                    ) AS r;
                END IF;
                IF own IS NULL OR %1$I.vector_norm(own) = 0 THEN
                    RETURN NULL;
                END IF;

                own := %1$I.l2_normalize(own);
                missing := indexed_dimensions - %1$I.vector_dims(own);
                IF missing > 0 THEN
                    own := own OPERATOR(%1$I.||) array_fill(0::real, ARRAY[missing])::%1$I.vector;
                END IF;
                RETURN own;
            END
            $function$;
            ALTER FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid)
                FROM PUBLIC, mcp_application, mcp_readonly;
            GRANT EXECUTE ON FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid)
                TO mcp_application, mcp_readonly;

            COMMENT ON FUNCTION mcp.normalize_embedding(%1$I.vector, integer, uuid) IS
                'What normalized_embedding holds for a vector: its first model_dimensions, above 1536 through the '
                'model''s active projection matrix, divided by their Euclidean length and padded with zeros to 1536. '
                'NULL for a zero vector, without a matrix where one is needed, and for fewer dimensions than said.'
        $statement$, home);
END
$$;
