-- The steps of the migrations that a database with rows has had one by one. Everybody may read it: it holds names and dates.
CREATE TABLE pgtend.migration_steps (
    number integer NOT NULL,
    step text NOT NULL,
    checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    rows_changed bigint,
    done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_by name NOT NULL DEFAULT current_user,
    pgtend_version text NOT NULL,
    PRIMARY KEY (number, step)
);
GRANT SELECT ON TABLE pgtend.migration_steps TO PUBLIC;

COMMENT ON TABLE pgtend.migration_steps IS
    'What "pgtend schema apply" and "pgtend schema repair" have done of the migrations after the first in a database that '
    'had the schema, each in the transaction of the step where it has one. A migration is in pgtend.schema_migrations with '
    'its last step.';
COMMENT ON COLUMN pgtend.migration_steps.number IS 'Of the migration.';
COMMENT ON COLUMN pgtend.migration_steps.step IS 'Its file, without ".sql".';
COMMENT ON COLUMN pgtend.migration_steps.checksum IS
    'encode(sha256(convert_to(text, ''UTF8'')), ''hex'') over the text of the file.';
COMMENT ON COLUMN pgtend.migration_steps.rows_changed IS 'Where rows got new values: how many.';
COMMENT ON COLUMN pgtend.migration_steps.done_at IS 'By the server''s clock.';
COMMENT ON COLUMN pgtend.migration_steps.done_by IS 'The role.';
COMMENT ON COLUMN pgtend.migration_steps.pgtend_version IS 'The version of the program.'
