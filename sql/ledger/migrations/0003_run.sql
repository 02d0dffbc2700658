-- One run of one service, or of a person. A slot that was tried again, or taken over from a dead owner, has several.
CREATE TABLE pgtend_ledger.run (
    id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
    database_name text COLLATE "C" NOT NULL,
    slot_id bigint REFERENCES pgtend_ledger.slot ON DELETE CASCADE,
    tasks text[] NOT NULL,
    attempt integer NOT NULL CHECK (attempt > 0),
    state text COLLATE "C" NOT NULL
        CHECK (state IN ('running', 'completed', 'incomplete', 'interrupted', 'abandoned')),
    host text NOT NULL,
    pid integer NOT NULL,
    application text NOT NULL,
    pgtend_version text NOT NULL,
    backend_pid integer NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    done integer NOT NULL DEFAULT 0,
    superseded integer NOT NULL DEFAULT 0,
    postponed integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    interrupted integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    lock_wait interval NOT NULL DEFAULT '0',
    failure_class text,
    sqlstate text,
    message text,
    interruption text,
    refusals jsonb NOT NULL DEFAULT '[]',
    held_locks jsonb NOT NULL DEFAULT '[]',
    CHECK ((state = 'running') = (ended_at IS NULL))
);

CREATE UNIQUE INDEX run_completes_slot_once ON pgtend_ledger.run (slot_id) WHERE state = 'completed';
CREATE INDEX run_slot ON pgtend_ledger.run (slot_id);
CREATE INDEX run_started ON pgtend_ledger.run (started_at);
CREATE INDEX run_running ON pgtend_ledger.run (id) WHERE state = 'running';

COMMENT ON TABLE pgtend_ledger.run IS
    'One row for each run that the service began, or a person with "pgtend run".';
COMMENT ON COLUMN pgtend_ledger.run.id IS 'PGTEND_RUN_ID in the journal: 32 lower-case hexadecimal digits.';
COMMENT ON COLUMN pgtend_ledger.run.database_name IS 'The name of the database in the configuration.';
COMMENT ON COLUMN pgtend_ledger.run.slot_id IS 'The slot that it was to complete; NULL for a run by hand.';
COMMENT ON COLUMN pgtend_ledger.run.tasks IS 'The kinds of task whose locks it held.';
COMMENT ON COLUMN pgtend_ledger.run.attempt IS 'Which run of its slot it is, from 1, over all services.';
COMMENT ON COLUMN pgtend_ledger.run.state IS
    'running. completed: nothing is left that another try of the slot could do. incomplete: something is. '
    'interrupted: told to stop. abandoned: its owner died; found out by the next run of the same kind of task.';
COMMENT ON COLUMN pgtend_ledger.run.host IS 'The name of the host on which it ran.';
COMMENT ON COLUMN pgtend_ledger.run.pid IS 'Of the process on that host.';
COMMENT ON COLUMN pgtend_ledger.run.application IS 'As pg_stat_activity showed it.';
COMMENT ON COLUMN pgtend_ledger.run.pgtend_version IS 'The version of the program.';
COMMENT ON COLUMN pgtend_ledger.run.backend_pid IS 'Of its first session on the server.';
COMMENT ON COLUMN pgtend_ledger.run.started_at IS 'When it had its locks, by the server''s clock.';
COMMENT ON COLUMN pgtend_ledger.run.ended_at IS 'When it ended, or was found abandoned; NULL while it is running.';
COMMENT ON COLUMN pgtend_ledger.run.done IS 'How many steps were committed. All figures are 0 until the run has ended.';
COMMENT ON COLUMN pgtend_ledger.run.superseded IS 'How many steps had become unnecessary.';
COMMENT ON COLUMN pgtend_ledger.run.postponed IS 'How many steps met locks that others held.';
COMMENT ON COLUMN pgtend_ledger.run.failed IS 'How many steps failed.';
COMMENT ON COLUMN pgtend_ledger.run.interrupted IS 'How many steps were not begun, or rolled back.';
COMMENT ON COLUMN pgtend_ledger.run.refused IS 'How many objects were left alone, with a reason.';
COMMENT ON COLUMN pgtend_ledger.run.lock_wait IS 'The time that all steps together waited for locks.';
COMMENT ON COLUMN pgtend_ledger.run.failure_class IS 'What kind of failure ended it before its last step.';
COMMENT ON COLUMN pgtend_ledger.run.sqlstate IS 'The SQLSTATE of that failure, where the server had one.';
COMMENT ON COLUMN pgtend_ledger.run.message IS 'That failure in words.';
COMMENT ON COLUMN pgtend_ledger.run.interruption IS 'The signal that ended it early.';
COMMENT ON COLUMN pgtend_ledger.run.refusals IS
    'What was left alone: objects with task, schema, name, reason, explanation and cure.';
COMMENT ON COLUMN pgtend_ledger.run.held_locks IS
    'Kinds of task that it left to another run: objects with task, pid, application, user, client and since.';
