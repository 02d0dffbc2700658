-- Whether this database has a ledger, and whether the role of this session may read it and write to it.
WITH tables AS (
    SELECT c.oid, c.relname
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace('pgtend_ledger') AND c.relkind = 'r'
        AND c.relname IN ('schema_migrations', 'slot', 'run', 'step', 'memory')
)
SELECT
    EXISTS (SELECT FROM tables AS t WHERE t.relname = 'schema_migrations') AS has_history,
    -- Short-circuited by CASE: has_schema_privilege fails for a schema that is not there.
    CASE WHEN to_regnamespace('pgtend_ledger') IS NULL THEN false
        ELSE has_schema_privilege(to_regnamespace('pgtend_ledger'), 'USAGE')
            AND coalesce((SELECT bool_and(has_table_privilege(t.oid, 'SELECT')) FROM tables AS t), false)
    END AS may_read,
    coalesce(
        (
            SELECT bool_and(
                has_table_privilege(t.oid, 'INSERT') AND has_table_privilege(t.oid, 'UPDATE')
                AND has_table_privilege(t.oid, 'DELETE'))
            FROM tables AS t
            WHERE t.relname <> 'schema_migrations'
        ), false
    ) AS may_write
