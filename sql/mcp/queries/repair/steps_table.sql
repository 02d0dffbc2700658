-- What was done to a database that had the schema in part. Everybody may read it: it holds DDL and dates.
CREATE TABLE pgtend.schema_steps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object text NOT NULL,
    purpose text NOT NULL,
    statements text NOT NULL,
    rows_changed bigint,
    done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_by name NOT NULL DEFAULT current_user,
    pgtend_version text NOT NULL
);
GRANT SELECT ON TABLE pgtend.schema_steps TO PUBLIC;

COMMENT ON TABLE pgtend.schema_steps IS
    'What "pgtend schema apply" and "pgtend schema repair" did to a database that had the schema in part, step by step, '
    'each in the transaction of the step where it has one. The next call plans from the catalog, and asks this record only '
    'what an earlier one has granted a former owner for the time being.';
COMMENT ON COLUMN pgtend.schema_steps.id IS 'In the order in which they were done.';
COMMENT ON COLUMN pgtend.schema_steps.object IS 'What the step was about.';
COMMENT ON COLUMN pgtend.schema_steps.purpose IS 'What was found, or what the step was for.';
COMMENT ON COLUMN pgtend.schema_steps.statements IS 'What was executed; of a backfill one of its batches.';
COMMENT ON COLUMN pgtend.schema_steps.rows_changed IS 'Of a backfill: rows that got new values.';
COMMENT ON COLUMN pgtend.schema_steps.done_at IS 'By the server''s clock.';
COMMENT ON COLUMN pgtend.schema_steps.done_by IS 'The role.';
COMMENT ON COLUMN pgtend.schema_steps.pgtend_version IS 'The version of the program.'
