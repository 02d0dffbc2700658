-- The record of the ledger's own migrations: made in the transaction of the first of them, behind its text.
CREATE TABLE pgtend_ledger.schema_migrations (
    number integer PRIMARY KEY CHECK (number > 0),
    name text NOT NULL,
    checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by name NOT NULL DEFAULT current_user,
    pgtend_version text NOT NULL
);

COMMENT ON TABLE pgtend_ledger.schema_migrations IS
    'One row for each migration of the ledger that a pgtend service has applied, written in the migration''s own '
    'transaction. Never edited: a migration whose text is no longer the recorded one is refused.';
COMMENT ON COLUMN pgtend_ledger.schema_migrations.number IS 'From 1 on, without gaps: the order of application.';
COMMENT ON COLUMN pgtend_ledger.schema_migrations.name IS 'What the migration makes, as its file is named.';
COMMENT ON COLUMN pgtend_ledger.schema_migrations.checksum IS
    'encode(sha256(convert_to(text, ''UTF8'')), ''hex'') over the text of the file.';
COMMENT ON COLUMN pgtend_ledger.schema_migrations.applied_at IS 'When its transaction began, by the server''s clock.';
COMMENT ON COLUMN pgtend_ledger.schema_migrations.applied_by IS 'The role that applied it.';
COMMENT ON COLUMN pgtend_ledger.schema_migrations.pgtend_version IS 'The version of the program that applied it.';
