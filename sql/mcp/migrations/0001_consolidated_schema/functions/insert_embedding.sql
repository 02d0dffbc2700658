-- With the caller's rights: it may write the rows of its tenant anyway, and row-level security binds it here, too.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
    arguments constant text := format(
        'text, %I.vector, uuid, text, text, text, uuid, integer, integer, text, text, text, jsonb, numeric, integer',
        home);
BEGIN
    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.insert_embedding(
                content text,
                embedding %1$I.vector,
                model uuid DEFAULT NULL,
                provider text DEFAULT NULL,
                model_name text DEFAULT NULL,
                model_version text DEFAULT NULL,
                context_id uuid DEFAULT NULL,
                content_index integer DEFAULT 0,
                chunk_index integer DEFAULT 0,
                content_hash text DEFAULT NULL,
                agent_id text DEFAULT NULL,
                task_type text DEFAULT NULL,
                metadata jsonb DEFAULT '{}',
                cost_usd numeric DEFAULT NULL,
                generation_time_ms integer DEFAULT NULL,
                OUT id uuid,
                OUT is_normalized boolean
            )
            LANGUAGE plpgsql
            SET search_path = pg_catalog, pg_temp
            AS $function$
            #variable_conflict use_column
            DECLARE
                stored_dimensions constant integer := 4096;
                tenant constant uuid := mcp.current_tenant_id();
                given_dimensions constant integer := %1$I.vector_dims(insert_embedding.embedding);
                missing constant integer := stored_dimensions - given_dimensions;
                padded %1$I.vector := insert_embedding.embedding;
                normalized %1$I.vector;
                projection uuid;
                known mcp.embedding_models;
                candidate mcp.embedding_models;
            BEGIN
                IF tenant IS NULL THEN
                    RAISE EXCEPTION 'no tenant: the setting app.current_tenant is not set to a uuid'
                        USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                IF padded IS NULL THEN
                    RAISE EXCEPTION 'no vector: a document without one is inserted into mcp.embeddings'
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;

                IF insert_embedding.model IS NULL
                    AND (insert_embedding.provider IS NULL OR insert_embedding.model_name IS NULL)
                THEN
                    RAISE EXCEPTION 'no model: give its id, or its provider and name'
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;
                -- The first is an active one, if any is; what else was given must agree with an id.
                FOR candidate IN
                    SELECT *
                    FROM mcp.embedding_models AS m
                    WHERE (insert_embedding.model IS NULL OR m.id = insert_embedding.model)
                        AND (insert_embedding.provider IS NULL OR m.provider = insert_embedding.provider)
                        AND (insert_embedding.model_name IS NULL OR m.model_name = insert_embedding.model_name)
                        AND (insert_embedding.model_version IS NULL OR m.model_version = insert_embedding.model_version)
                    ORDER BY m.is_active DESC, m.model_version
                LOOP
                    IF known.id IS NULL THEN
                        known := candidate;
                    ELSIF candidate.is_active THEN
                        RAISE EXCEPTION 'several versions of the model "%%" of "%%" are active: say which',
                            known.model_name, known.provider
                            USING ERRCODE = 'cardinality_violation';
                    END IF;
                END LOOP;
                IF known.id IS NULL THEN
                    RAISE EXCEPTION 'the registry has no model %%', concat_ws(', ', insert_embedding.model,
                        insert_embedding.provider, insert_embedding.model_name, insert_embedding.model_version)
                        USING ERRCODE = 'no_data_found';
                END IF;
                IF NOT known.is_active THEN
                    RAISE EXCEPTION 'the model "%%" of "%%" is not active', known.model_name, known.provider
                        USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                IF known.sunset_at <= now() THEN
                    RAISE EXCEPTION 'the model "%%" of "%%" is past its sunset, which was at %%', known.model_name,
                        known.provider, known.sunset_at
                        USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                IF given_dimensions <> known.dimensions AND NOT (known.supports_dimensionality_reduction
                    AND given_dimensions BETWEEN coalesce(known.min_dimensions, 1) AND known.dimensions)
                THEN
                    RAISE EXCEPTION 'a vector of %% dimensions is none of the model "%%" of "%%", which has %%',
                        given_dimensions, known.model_name, known.provider, known.dimensions
                        USING ERRCODE = 'invalid_parameter_value';
                END IF;

                IF missing > 0 THEN
                    padded := padded OPERATOR(%1$I.||) array_fill(0::real, ARRAY[missing])::%1$I.vector;
                END IF;
                -- One query, one snapshot: the matrix that is named is the one that made the vector.
                SELECT mcp.normalize_embedding(insert_embedding.embedding, given_dimensions, known.id),
                    mcp.active_projection(known.id, given_dimensions)
                INTO normalized, projection;
                is_normalized := normalized IS NOT NULL;

                INSERT INTO mcp.embeddings AS e (
                    tenant_id, context_id, content_index, chunk_index, content, content_hash, agent_id, task_type,
                    model_id, model_provider, model_name, model_dimensions, magnitude, embedding,
                    normalized_embedding, projection_id, cost_usd, generation_time_ms, metadata
                ) VALUES (
                    tenant, insert_embedding.context_id, coalesce(insert_embedding.content_index, 0),
                    coalesce(insert_embedding.chunk_index, 0), insert_embedding.content, insert_embedding.content_hash,
                    insert_embedding.agent_id, insert_embedding.task_type, known.id, known.provider, known.model_name,
                    given_dimensions, %1$I.vector_norm(insert_embedding.embedding), padded, normalized,
                    CASE WHEN is_normalized THEN projection END, insert_embedding.cost_usd,
                    insert_embedding.generation_time_ms, coalesce(insert_embedding.metadata, '{}')
                )
                RETURNING e.id INTO id;

                IF NOT is_normalized THEN
                    RAISE NOTICE 'embedding %% is not found by its vector: %%', id,
                        CASE
                            WHEN %1$I.vector_norm(insert_embedding.embedding) = 0 THEN 'all of its dimensions are zero'
                            ELSE format('the model "%%s" of "%%s" has no active projection matrix for %%s dimensions, '
                                'or the matrix makes it zero', known.model_name, known.provider, given_dimensions)
                        END;
                END IF;
            END
            $function$;
            ALTER FUNCTION mcp.insert_embedding(%2$s) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.insert_embedding(%2$s) FROM PUBLIC, mcp_application, mcp_readonly;
            GRANT EXECUTE ON FUNCTION mcp.insert_embedding(%2$s) TO mcp_application;

            COMMENT ON FUNCTION mcp.insert_embedding(%2$s) IS
                'Stores a document with its vector for the tenant of the session: checks the model and the number of '
                'dimensions, pads the vector, and normalises it for search. is_normalized is false, and a notice says '
                'why, where the vector cannot be compared: a zero vector, or more than 1536 dimensions without an '
                'active projection matrix.'
        $statement$, home, arguments);
END
$$;
