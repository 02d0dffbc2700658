-- A document's model is the one of the registry that has its provider, its name and its dimensions. A model that the
-- registry does not have is added to it, inactive: nobody has said yet that it may be used. Which of several is meant,
-- only a person can say: --map 'embeddings.model_id:PROVIDER/NAME/DIMENSIONS=ID'. An id that no registry has says
-- nothing, and gives way to that. Dimensions that no model can have are no model's: such a document is left without.
-- column: embeddings.model_id
-- reads: embedding_models
-- before:
INSERT INTO mcp.embedding_models (provider, model_name, model_version, dimensions, is_active)
SELECT t.model_provider, t.model_name,
    -- One name is a key of its own: its further dimensions are told apart by the version.
    CASE
        WHEN row_number() OVER (PARTITION BY t.model_provider, t.model_name ORDER BY t.model_dimensions) = 1
            AND NOT EXISTS (
                SELECT
                FROM mcp.embedding_models AS m
                WHERE (m.provider, m.model_name, m.model_version) = (t.model_provider, t.model_name, ''))
        THEN ''
        ELSE t.model_dimensions || ' dimensions'
    END,
    t.model_dimensions, false
FROM (
    SELECT DISTINCT r.model_provider, r.model_name, r.model_dimensions
    FROM mcp.embeddings AS r
    WHERE NOT coalesce(r.model_id IN (SELECT x.id FROM mcp.embedding_models AS x), false)
        AND r.model_provider IS NOT NULL AND r.model_name IS NOT NULL AND r.model_dimensions BETWEEN 1 AND 4096
) AS t
WHERE NOT EXISTS (
        SELECT
        FROM mcp.embedding_models AS m
        WHERE (m.provider, m.model_name, m.dimensions) = (t.model_provider, t.model_name, t.model_dimensions))
    AND NOT EXISTS (
        SELECT FROM {mappings} AS given (old, new)
        WHERE given.old = format('%s/%s/%s', t.model_provider, t.model_name, t.model_dimensions))
ON CONFLICT DO NOTHING
-- refuse:
SELECT o.value, o.count
FROM (SELECT NULL::uuid AS model_id) AS absent
-- Unqualified, so that it is the row's own model where the table has that column already.
CROSS JOIN LATERAL (
    SELECT t.name || ' has ' || count(m.id) || ' models: ' || string_agg(m.id::text, ', ' ORDER BY m.model_version)
            AS value,
        t.count
    FROM (
        SELECT r.model_provider, r.model_name, r.model_dimensions, count(*) AS count,
            format('%s/%s/%s', r.model_provider, r.model_name, r.model_dimensions) AS name
        FROM mcp.embeddings AS r
        WHERE NOT coalesce(model_id IN (SELECT x.id FROM mcp.embedding_models AS x), false)
        GROUP BY 1, 2, 3
    ) AS t
    JOIN mcp.embedding_models AS m
        ON (m.provider, m.model_name, m.dimensions) = (t.model_provider, t.model_name, t.model_dimensions)
    WHERE NOT EXISTS (
        SELECT
        FROM {mappings} AS given (old, new)
        JOIN mcp.embedding_models AS a ON a.id::text = given.new
        WHERE given.old = t.name)
    GROUP BY t.name, t.count
    HAVING count(m.id) > 1
) AS o
ORDER BY o.count DESC, o.value
-- where:
NOT coalesce(r.model_id IN (SELECT x.id FROM mcp.embedding_models AS x), false)
    AND r.model_provider IS NOT NULL AND r.model_name IS NOT NULL AND r.model_dimensions BETWEEN 1 AND 4096
-- value:
coalesce(
    (
        SELECT a.id
        FROM {mappings} AS given (old, new)
        JOIN mcp.embedding_models AS a ON a.id::text = given.new
        WHERE given.old = format('%s/%s/%s', r.model_provider, r.model_name, r.model_dimensions)
    ),
    (
        SELECT m.id
        FROM mcp.embedding_models AS m
        WHERE (m.provider, m.model_name, m.dimensions) = (r.model_provider, r.model_name, r.model_dimensions)
        -- More than one is refused beforehand.
        LIMIT 1
    )
)
