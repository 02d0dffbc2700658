-- One moment at which one kind of task was due. Names are compared by bytes, as the configuration has them.
CREATE TABLE pgtend_ledger.slot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    database_name text COLLATE "C" NOT NULL,
    task text COLLATE "C" NOT NULL CHECK (task IN ('partitions', 'views', 'statistics')),
    due timestamptz NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('open', 'ran', 'late', 'skipped', 'missed')),
    reason text,
    started_at timestamptz,
    ended_at timestamptz,
    completed_by text COLLATE "C",
    UNIQUE (database_name, task, due),
    CHECK ((state IN ('ran', 'late')) = (completed_by IS NOT NULL)),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK (state NOT IN ('skipped', 'missed') OR reason IS NOT NULL)
);

CREATE INDEX slot_open ON pgtend_ledger.slot (database_name, task, due) WHERE state = 'open';

COMMENT ON TABLE pgtend_ledger.slot IS
    'One row for each moment at which one kind of task was due in one database: what became of it. A slot has at most '
    'one completed run, whichever service and host it was.';
COMMENT ON COLUMN pgtend_ledger.slot.id IS 'What its runs and steps refer to.';
COMMENT ON COLUMN pgtend_ledger.slot.database_name IS
    'The name of the database in the configuration. Services that share slots have to use the same one.';
COMMENT ON COLUMN pgtend_ledger.slot.task IS 'The kind of task.';
COMMENT ON COLUMN pgtend_ledger.slot.due IS 'When it was due by the schedule, without jitter.';
COMMENT ON COLUMN pgtend_ledger.slot.state IS
    'open: begun, and not completed yet. ran, late: completed, begun in time or not. skipped: left out on purpose. '
    'missed: nobody started or completed it in time.';
COMMENT ON COLUMN pgtend_ledger.slot.reason IS 'Why it was skipped or missed.';
COMMENT ON COLUMN pgtend_ledger.slot.started_at IS
    'When its first run began, by the server''s clock; NULL where it has had none.';
COMMENT ON COLUMN pgtend_ledger.slot.ended_at IS
    'When it was completed, or entered as skipped or missed; NULL while it is open.';
COMMENT ON COLUMN pgtend_ledger.slot.completed_by IS 'The id of the run that completed it; kept when the run is deleted.';
