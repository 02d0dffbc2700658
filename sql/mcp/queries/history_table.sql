-- pgtend's own record of the migrations: made in the transaction of the first of them, so that a server which cannot
-- have the schema is left without it. Everybody may read it: it holds names and dates.
DO $$
BEGIN
    -- One that stands may belong to another role, which has said all this of it.
    IF to_regnamespace('pgtend') IS NULL THEN
        CREATE SCHEMA pgtend;
        GRANT USAGE ON SCHEMA pgtend TO PUBLIC;
        COMMENT ON SCHEMA pgtend IS 'What pgtend itself has to remember.';
    END IF;
END
$$;
CREATE TABLE pgtend.schema_migrations (
    number integer PRIMARY KEY CHECK (number > 0),
    name text NOT NULL,
    checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by name NOT NULL DEFAULT current_user,
    pgtend_version text NOT NULL
);
GRANT SELECT ON TABLE pgtend.schema_migrations TO PUBLIC;

COMMENT ON TABLE pgtend.schema_migrations IS
    'One row for each migration that "pgtend schema apply" has applied, written in the migration''s own transaction. '
    'Never edited: a migration whose text is no longer the recorded one is refused.';
COMMENT ON COLUMN pgtend.schema_migrations.number IS 'From 1 on, without gaps: the order of application.';
COMMENT ON COLUMN pgtend.schema_migrations.name IS 'What the migration makes, as its file is named.';
COMMENT ON COLUMN pgtend.schema_migrations.checksum IS
    'encode(sha256(convert_to(text, ''UTF8'')), ''hex'') over the text of the file.';
COMMENT ON COLUMN pgtend.schema_migrations.applied_at IS 'When its transaction began, by the server''s clock.';
COMMENT ON COLUMN pgtend.schema_migrations.applied_by IS 'The role that applied it.';
COMMENT ON COLUMN pgtend.schema_migrations.pgtend_version IS 'The version of the program that applied it.'
