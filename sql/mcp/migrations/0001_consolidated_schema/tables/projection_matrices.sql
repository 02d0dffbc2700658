-- No tenant_id: like the registry of models, matrices are shared by all tenants and hold nothing of any.
CREATE TABLE mcp.projection_matrices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    from_model uuid NOT NULL REFERENCES mcp.embedding_models (id),
    to_model uuid REFERENCES mcp.embedding_models (id),
    from_dimensions integer NOT NULL CHECK (from_dimensions BETWEEN 1 AND 4096),
    to_dimensions integer NOT NULL CHECK (to_dimensions BETWEEN 1 AND 1536),
    accuracy_score double precision CHECK (accuracy_score BETWEEN 0 AND 1),
    training_method varchar(50),
    training_samples bigint CHECK (training_samples >= 0),
    trained_at timestamptz,
    is_active boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.projection_matrices OWNER TO mcp_owner;
REVOKE ALL ON mcp.projection_matrices FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.projection_matrices TO mcp_application, mcp_readonly;

-- One vector a row of the matrix: a projection is then one inner product a row, in pgvector's own code. Unnesting
-- the millions of numbers of a flat array takes a second.
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
            ALTER TABLE mcp.projection_matrices ADD COLUMN matrix %1$I.vector[] NOT NULL
                CONSTRAINT projection_matrices_matrix_shape
                CHECK (mcp.is_projection_matrix(matrix, to_dimensions, from_dimensions))
        $statement$, home);
END
$$;

-- Random numbers do not compress; the attempt would be made at each write.
ALTER TABLE mcp.projection_matrices ALTER COLUMN matrix SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX projection_matrices_active_idx ON mcp.projection_matrices (from_model, from_dimensions)
    WHERE is_active;
CREATE INDEX projection_matrices_from_model_idx ON mcp.projection_matrices (from_model);
CREATE INDEX projection_matrices_to_model_idx ON mcp.projection_matrices (to_model);

CREATE TRIGGER projection_matrices_updated_at BEFORE UPDATE ON mcp.projection_matrices
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.projection_matrices IS
    'How vectors of more than 1536 dimensions are brought to fewer, so that they can be indexed; shared by all '
    'tenants.';
COMMENT ON COLUMN mcp.projection_matrices.id IS 'Key.';
COMMENT ON COLUMN mcp.projection_matrices.from_model IS 'The model whose vectors it projects.';
COMMENT ON COLUMN mcp.projection_matrices.to_model IS
    'The model in whose space the projected vectors are; NULL for a space of its own. Search compares rows of one '
    'model only, in either case.';
COMMENT ON COLUMN mcp.projection_matrices.from_dimensions IS 'Dimensions of the vectors it takes.';
COMMENT ON COLUMN mcp.projection_matrices.to_dimensions IS
    'Dimensions of the vectors it gives, at most 1536: those of normalized_embedding.';
COMMENT ON COLUMN mcp.projection_matrices.matrix IS
    'The matrix by its rows: to_dimensions vectors of from_dimensions each. It does not change.';
COMMENT ON COLUMN mcp.projection_matrices.accuracy_score IS
    'How well it keeps what matters, 0 to 1, as its maker measured it.';
COMMENT ON COLUMN mcp.projection_matrices.training_method IS 'How it was made, such as pca.';
COMMENT ON COLUMN mcp.projection_matrices.training_samples IS 'From how many vectors it was made.';
COMMENT ON COLUMN mcp.projection_matrices.trained_at IS 'When it was made.';
COMMENT ON COLUMN mcp.projection_matrices.is_active IS
    'Whether it is the one in use: at most one for a model and its number of dimensions. Search finds no row that '
    'another matrix projected, until it is normalised again.';
COMMENT ON COLUMN mcp.projection_matrices.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.projection_matrices.updated_at IS 'When the row was last changed; kept by a trigger.';
