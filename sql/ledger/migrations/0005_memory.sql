-- What a step has come to, and what the planners remember of each object. The words for kinds of task and outcomes are
-- the program's from here on: a new one must not take another migration.
ALTER TABLE pgtend_ledger.slot DROP CONSTRAINT slot_task_check;
ALTER TABLE pgtend_ledger.step DROP CONSTRAINT step_task_check, DROP CONSTRAINT step_outcome_check;
ALTER TABLE pgtend_ledger.step ADD COLUMN result jsonb;

COMMENT ON COLUMN pgtend_ledger.step.result IS
    'What a step that was done has come to, such as rows and bytes, by name; NULL where its action has nothing to say.';

CREATE TABLE pgtend_ledger.memory (
    action text COLLATE "C" NOT NULL,
    schema_name text COLLATE "C" NOT NULL,
    object_name text COLLATE "C" NOT NULL,
    system_identifier bigint NOT NULL,
    database_oid oid NOT NULL,
    content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    run_id text COLLATE "C" NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (action, schema_name, object_name)
);

COMMENT ON TABLE pgtend_ledger.memory IS
    'One row for each object of which a planner has to know something again that no catalog says, such as counters as they '
    'were when a step was done. Written in the transaction of the step; it stays when the run is deleted.';
COMMENT ON COLUMN pgtend_ledger.memory.action IS 'The kind of action whose planner it is for.';
COMMENT ON COLUMN pgtend_ledger.memory.schema_name IS 'The schema of the table, view or target that it is about.';
COMMENT ON COLUMN pgtend_ledger.memory.object_name IS 'The name of the table, view or target that it is about.';
COMMENT ON COLUMN pgtend_ledger.memory.system_identifier IS
    'Of the cluster in which it was noted (pg_control_system()). In a restored dump it is another: nothing is remembered there.';
COMMENT ON COLUMN pgtend_ledger.memory.database_oid IS
    'Of the database in which it was noted. In a copy of the database it is another: nothing is remembered there.';
COMMENT ON COLUMN pgtend_ledger.memory.content IS 'Texts by name, which only the planner of the action understands.';
COMMENT ON COLUMN pgtend_ledger.memory.run_id IS 'The run that noted it.';
COMMENT ON COLUMN pgtend_ledger.memory.noted_at IS 'When, by the server''s clock.';

-- Whoever applies this may be another role than the one that made the ledger: the table is to be in the same hands as
-- the others, and to be granted as they are.
DO $$
DECLARE
    step pg_catalog.pg_class;
    privilege record;
BEGIN
    SELECT c.* INTO STRICT step FROM pg_catalog.pg_class AS c WHERE c.oid = 'pgtend_ledger.step'::regclass;
    FOR privilege IN
        SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
        FROM aclexplode(step.relacl) AS a
        WHERE a.grantee <> step.relowner
    LOOP
        EXECUTE format('GRANT %s ON pgtend_ledger.memory TO %s', privilege.privilege_type, privilege.grantee);
    END LOOP;
    IF pg_get_userbyid(step.relowner) <> current_user THEN
        EXECUTE format('ALTER TABLE pgtend_ledger.memory OWNER TO %I', pg_get_userbyid(step.relowner));
    END IF;
END
$$;
