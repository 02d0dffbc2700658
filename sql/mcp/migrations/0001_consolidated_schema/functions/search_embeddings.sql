-- SECURITY DEFINER: @@ is not leakproof, so under row-level security the inverted index would not be used, and every
-- search would read all documents of the tenant. The tenant's condition is spelled out instead, and comes from the
-- session, never from an argument. STABLE, so that the documents and the figures of the corpus are read from one
-- snapshot.
--
-- A plan is made for each call: with the tenant and the terms known, the planner can tell a large tenant, for whom the
-- lists of an index pay, from a small one, whose documents are better read one by one. Operators cost twenty times what
-- the planner takes them for: before a vector is compared, or a tsvector searched, it is unpacked.
--
-- Functions of the schema are called with all of their arguments, each of the declared type: no other function of the
-- same name fits better.
DO $$
DECLARE
    home constant name := (
        SELECT n.nspname
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
    arguments constant text :=
        format('text, %I.vector, uuid, text, integer, double precision, text, uuid, jsonb', home);
BEGIN
    -- Reading a vector loads pgvector's library, and with it its settings are known. In a session that has not used one
    -- yet, a role other than a superuser may make no function that sets them.
    EXECUTE format('SELECT %L::%I.vector', '[1]', home);

    EXECUTE format(
        $statement$
            CREATE FUNCTION mcp.search_embeddings(
                query_text text DEFAULT NULL,
                query_embedding %1$I.vector DEFAULT NULL,
                model uuid DEFAULT NULL,
                method text DEFAULT NULL,
                max_results integer DEFAULT 10,
                min_similarity double precision DEFAULT NULL,
                wanted_agent text DEFAULT NULL,
                wanted_context uuid DEFAULT NULL,
                wanted_metadata jsonb DEFAULT NULL
            )
            RETURNS TABLE (
                id uuid,
                content text,
                context_id uuid,
                content_index integer,
                chunk_index integer,
                agent_id varchar,
                metadata jsonb,
                similarity double precision,
                text_score double precision,
                score double precision
            )
            LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp
            SET plan_cache_mode = force_custom_plan
            SET cpu_operator_cost = 0.05
            SET jit = off
            SET ivfflat.iterative_scan = relaxed_order
            SET ivfflat.max_probes = 32768
            SET ivfflat.probes = 10
            AS $function$
            #variable_conflict use_column
            DECLARE
                k1 constant double precision := 1.2;
                b constant double precision := 0.75;
                rank_constant constant double precision := 60;
                longest_query constant integer := 8192;
                tenant constant uuid := mcp.current_tenant_id();
                parts constant text := coalesce(method, CASE
                    WHEN query_embedding IS NULL THEN 'text'
                    WHEN query_text IS NULL THEN 'vector'
                    ELSE 'hybrid'
                END);
                -- Of each part, more than wanted are candidates: an index gives the tenant's documents only nearly in
                -- order, and a document that is far down in both parts can still be the best of all.
                depth constant integer := greatest(400, 8 * max_results);
                known mcp.embedding_models;
                query_dimensions integer;
                target %1$I.vector;
                projection uuid;
                documents bigint;
                average double precision;
                matching tsquery;
                terms text[];
                weights double precision[];
            BEGIN
                IF parts NOT IN ('text', 'vector', 'hybrid') THEN
                    RAISE EXCEPTION 'the method of a search is text, vector or hybrid, not %%', parts
                        USING ERRCODE = 'invalid_parameter_value';
                END IF;
                IF max_results IS NULL OR max_results NOT BETWEEN 1 AND 1000 THEN
                    RAISE EXCEPTION 'a search gives 1 to 1000 results, not %%', max_results
                        USING ERRCODE = 'invalid_parameter_value';
                END IF;
                IF parts <> 'vector' AND query_text IS NULL THEN
                    RAISE EXCEPTION 'a %% search needs query_text', parts
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;
                IF parts <> 'text' AND (query_embedding IS NULL OR model IS NULL) THEN
                    RAISE EXCEPTION 'a %% search needs query_embedding and the model that made it', parts
                        USING ERRCODE = 'null_value_not_allowed';
                END IF;
                IF model IS NOT NULL THEN
                    SELECT * INTO known FROM mcp.embedding_models AS m WHERE m.id = model;
                    IF known.id IS NULL THEN
                        RAISE EXCEPTION 'the registry has no model %%', model
                            USING ERRCODE = 'no_data_found';
                    END IF;
                END IF;
                IF tenant IS NULL THEN
                    RETURN;
                END IF;

                IF parts <> 'text' THEN
                    query_dimensions := %1$I.vector_dims(query_embedding);
                    IF query_dimensions <> known.dimensions AND NOT (known.supports_dimensionality_reduction
                        AND query_dimensions BETWEEN coalesce(known.min_dimensions, 1) AND known.dimensions)
                    THEN
                        RAISE EXCEPTION 'a vector of %% dimensions is none of the model "%%" of "%%", which has %%',
                            query_dimensions, known.model_name, known.provider, known.dimensions
                            USING ERRCODE = 'invalid_parameter_value';
                    END IF;
                    target := mcp.normalize_embedding(query_embedding::%1$I.vector, query_dimensions::integer,
                        model::uuid);
                    projection := mcp.active_projection(model::uuid, query_dimensions::integer);
                    IF target IS NULL AND %1$I.vector_norm(query_embedding) > 0 THEN
                        RAISE EXCEPTION 'the model "%%" of "%%" has no active projection matrix for %% dimensions, or '
                            'the matrix makes the vector zero', known.model_name, known.provider, query_dimensions
                            USING ERRCODE = 'object_not_in_prerequisite_state';
                    END IF;
                END IF;

                IF parts <> 'vector' THEN
                    SELECT s.total_documents, nullif(s.avg_document_length, 0)
                    INTO documents, average
                    FROM mcp.embedding_statistics AS s
                    WHERE s.tenant_id = tenant;

                    -- With k1 = 0 the score is the idf. The sum of a document is taken in the order of the terms, so
                    -- that it is the same, to the last bit, at each call.
                    SELECT
                        array_agg(q.lexeme ORDER BY q.lexeme COLLATE "C"),
                        array_agg(
                            mcp.bm25_score(1::double precision, t.document_count::double precision,
                                NULL::double precision, NULL::double precision, documents::double precision,
                                0::double precision, b) * (k1 + 1)
                            ORDER BY q.lexeme COLLATE "C"),
                        string_agg(
                            '''' || replace(replace(q.lexeme, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
                    INTO terms, weights, matching
                    FROM unnest(to_tsvector('pg_catalog.english'::regconfig, left(query_text, longest_query))) AS q
                    LEFT JOIN mcp.embedding_term_statistics AS t ON t.tenant_id = tenant AND t.term = q.lexeme;
                END IF;

                RETURN QUERY
                WITH matches AS (
                    -- Without the parts that are not searched: what is NULL here is false before anything is read.
                    -- Taking no keys from the frequencies unpacks them once, instead of once a term.
                    SELECT
                        e.id,
                        e.term_frequencies - '{}'::text[] AS frequencies,
                        k1 * (1 - b + b * coalesce(e.document_length / average, 1)) AS saturation
                    FROM mcp.embeddings AS e
                    WHERE e.tenant_id = tenant AND e.content_tsvector @@ matching
                        AND (model IS NULL OR e.model_id = model)
                        AND (wanted_agent IS NULL OR e.agent_id = wanted_agent)
                        AND (wanted_context IS NULL OR e.context_id = wanted_context)
                        AND (wanted_metadata IS NULL OR e.metadata @> wanted_metadata)
                    OFFSET 0
                ),
                scored AS MATERIALIZED (
                    SELECT
                        m.id,
                        (
                            SELECT coalesce(sum(w.weight * f.frequency / (f.frequency + m.saturation)), 0)
                            FROM unnest(terms, weights) AS w (term, weight)
                            CROSS JOIN LATERAL (
                                SELECT (m.frequencies ->> w.term)::double precision AS frequency OFFSET 0
                            ) AS f
                        ) AS score
                    FROM matches AS m
                    ORDER BY score DESC, m.id
                    LIMIT depth
                ),
                nearest AS MATERIALIZED (
                    SELECT e.id, 1 - (e.normalized_embedding OPERATOR(%1$I.<=>) target) AS similarity
                    FROM mcp.embeddings AS e
                    WHERE e.tenant_id = tenant AND e.model_id = model AND e.model_dimensions = query_dimensions
                        AND e.normalized_embedding IS NOT NULL AND target IS NOT NULL
                        -- What another matrix projected is in another space. IS NOT DISTINCT FROM, written so that
                        -- the planner can tell how many rows that are.
                        AND CASE WHEN projection IS NULL THEN e.projection_id IS NULL
                            ELSE e.projection_id = projection END
                        AND (wanted_agent IS NULL OR e.agent_id = wanted_agent)
                        AND (wanted_context IS NULL OR e.context_id = wanted_context)
                        AND (wanted_metadata IS NULL OR e.metadata @> wanted_metadata)
                    ORDER BY e.normalized_embedding OPERATOR(%1$I.<=>) target
                    LIMIT depth
                ),
                by_text AS (
                    SELECT s.id, s.score, row_number() OVER (ORDER BY s.score DESC, s.id) AS rank
                    FROM scored AS s
                ),
                by_vector AS (
                    SELECT n.id, n.similarity, row_number() OVER (ORDER BY n.similarity DESC, n.id) AS rank
                    FROM nearest AS n
                    WHERE min_similarity IS NULL OR n.similarity >= min_similarity
                ),
                best AS (
                    SELECT
                        coalesce(t.id, v.id) AS id,
                        v.similarity,
                        t.score AS text_score,
                        CASE parts
                            WHEN 'text' THEN t.score
                            WHEN 'vector' THEN v.similarity
                            ELSE mcp.reciprocal_rank_fusion(ARRAY[t.rank, v.rank]::bigint[], rank_constant)
                        END AS score
                    FROM by_text AS t
                    FULL JOIN by_vector AS v ON v.id = t.id
                    ORDER BY score DESC, id
                    LIMIT max_results
                )
                SELECT
                    e.id, e.content, e.context_id, e.content_index, e.chunk_index, e.agent_id, e.metadata,
                    x.similarity, x.text_score, x.score
                FROM best AS x
                JOIN mcp.embeddings AS e ON e.id = x.id
                WHERE e.tenant_id = tenant
                ORDER BY x.score DESC, x.id;
            END
            $function$;
            ALTER FUNCTION mcp.search_embeddings(%2$s) OWNER TO mcp_owner;
            REVOKE ALL ON FUNCTION mcp.search_embeddings(%2$s) FROM PUBLIC, mcp_application, mcp_readonly;
            GRANT EXECUTE ON FUNCTION mcp.search_embeddings(%2$s) TO mcp_application, mcp_readonly;

            COMMENT ON FUNCTION mcp.search_embeddings(%2$s) IS
                'Searches the documents of the session''s tenant: by text (BM25), by vector (cosine similarity among '
                'the rows of one model, projected alike), or by both (hybrid, reciprocal rank fusion of the two), best '
                'first, of equals the lower id. Nothing is found without a tenant.'
        $statement$, home, arguments);
END
$$;
