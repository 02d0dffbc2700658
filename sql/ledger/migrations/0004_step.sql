-- One step of a run. The row of a step that was done is written in the transaction of its effect: there are both or
-- neither. The rows of all others are written when the run ends.
CREATE TABLE pgtend_ledger.step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id text COLLATE "C" NOT NULL REFERENCES pgtend_ledger.run ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    slot_id bigint,
    task text COLLATE "C" NOT NULL CHECK (task IN ('partitions', 'views', 'statistics')),
    schema_name text COLLATE "C" NOT NULL,
    object_name text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    action text NOT NULL,
    outcome text COLLATE "C" NOT NULL
        CHECK (outcome IN ('done', 'superseded', 'postponed', 'failed', 'interrupted')),
    started_at timestamptz,
    duration interval NOT NULL,
    lock_wait interval NOT NULL,
    attempts integer NOT NULL,
    failure_class text,
    sqlstate text,
    message text,
    UNIQUE (run_id, number)
);

-- By two hashes of 64 bits: a key may be longer than an entry of an index.
CREATE UNIQUE INDEX step_done_once ON pgtend_ledger.step (slot_id, hashtextextended(key, 0), hashtextextended(key, 1))
    WHERE outcome = 'done' AND slot_id IS NOT NULL;
CREATE INDEX step_waits ON pgtend_ledger.step (started_at) WHERE lock_wait > '0';

COMMENT ON TABLE pgtend_ledger.step IS
    'One row for each step of a run. That of a step that was done is committed together with its effect; of those that '
    'a run left undone the first thousand are entered when it ends.';
COMMENT ON COLUMN pgtend_ledger.step.id IS 'In the order of entry.';
COMMENT ON COLUMN pgtend_ledger.step.run_id IS 'The run that it belongs to.';
COMMENT ON COLUMN pgtend_ledger.step.number IS 'From 1, in the order of the run.';
COMMENT ON COLUMN pgtend_ledger.step.slot_id IS
    'The slot of the run, in which no step is done twice; NULL for a run by hand.';
COMMENT ON COLUMN pgtend_ledger.step.task IS 'The kind of task.';
COMMENT ON COLUMN pgtend_ledger.step.schema_name IS 'The schema of the table, view or target that it is about.';
COMMENT ON COLUMN pgtend_ledger.step.object_name IS 'The name of the table, view or target that it is about.';
COMMENT ON COLUMN pgtend_ledger.step.key IS 'What it is about, the same in every attempt at it.';
COMMENT ON COLUMN pgtend_ledger.step.action IS 'What it does, as a phrase.';
COMMENT ON COLUMN pgtend_ledger.step.outcome IS
    'done: committed. superseded: no longer necessary. postponed: others held its locks. failed. interrupted: not '
    'begun, or rolled back.';
COMMENT ON COLUMN pgtend_ledger.step.started_at IS 'By the server''s clock; NULL for a step that was not begun.';
COMMENT ON COLUMN pgtend_ledger.step.duration IS 'Over all tries; of a step that was done up to its COMMIT.';
COMMENT ON COLUMN pgtend_ledger.step.lock_wait IS
    'The time that it waited for locks in vain, over all tries: the budget for each table and hour is counted from it.';
COMMENT ON COLUMN pgtend_ledger.step.attempts IS 'The number of tries; 0 for a step whose table had no budget left.';
COMMENT ON COLUMN pgtend_ledger.step.failure_class IS 'What kind of failure it was.';
COMMENT ON COLUMN pgtend_ledger.step.sqlstate IS 'The SQLSTATE of the failure, where the server had one.';
COMMENT ON COLUMN pgtend_ledger.step.message IS 'What went wrong, or who stood in the way.';
