-- Who stands in the way of locks on the relations $1 (schemas) and $2 (names) in the modes $3, pairwise, and of the lock
-- that dropping takes on the objects $7 of the catalogs $6, which are called $4 (schemas) and $5 (names): holders of a
-- conflicting mode, and those who wait ahead of us. The conflicts are those of the manual's table of lock modes. The
-- mode ROW asks for those who may hold a row: which rows a transaction has changed or locked no view shows, only that
-- it has the mode that does it.
WITH modes (mode, conflicts) AS (
    VALUES
        ('AccessShareLock', '{8}'::integer[]),
        ('RowShareLock', '{7,8}'),
        ('RowExclusiveLock', '{5,6,7,8}'),
        ('ShareUpdateExclusiveLock', '{4,5,6,7,8}'),
        ('ShareLock', '{3,4,6,7,8}'),
        ('ShareRowExclusiveLock', '{3,4,5,6,7,8}'),
        ('ExclusiveLock', '{2,3,4,5,6,7,8}'),
        ('AccessExclusiveLock', '{1,2,3,4,5,6,7,8}'),
        ('RowLock', '{2,3,5,6,7,8}')
),
numbered AS (
    SELECT m.mode, m.conflicts, row_number() OVER ()::integer AS number FROM modes AS m
),
targets AS (
    SELECT w.schema, w.name, lower(replace(w.mode, ' ', '')) || 'lock' AS mode, 'relation' AS locktype, c.oid AS relation,
        NULL::oid AS classid, NULL::oid AS objid
    FROM unnest($1::text[], $2::text[], $3::text[]) AS w (schema, name, mode)
    JOIN pg_namespace AS n ON n.nspname = w.schema
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name
    UNION ALL
    SELECT o.schema, o.name, 'accessexclusivelock', 'object', NULL, o.class::oid, o.object::oid
    FROM unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[]) AS o (schema, name, class, object)
)
SELECT DISTINCT ON (l.pid, l.virtualtransaction)
    -- A prepared transaction has no process.
    coalesce(l.pid, 0) AS pid,
    coalesce(a.application_name, x.gid, '') AS application,
    coalesce(a.usename, x.owner, a.backend_type, '') AS role,
    CASE
        WHEN x.gid IS NOT NULL THEN 'prepared'
        WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum'
        -- Hidden from a role that may not see the session.
        ELSE coalesce(a.state, '')
    END AS state,
    w.schema,
    w.name,
    held.mode AS lock_mode,
    coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, x.prepared)), 0)::bigint AS transaction_age
FROM targets AS w
JOIN numbered AS wanted ON lower(wanted.mode) = w.mode
JOIN pg_locks AS l
    ON l.locktype = w.locktype AND (l.relation = w.relation OR (l.classid, l.objid) = (w.classid, w.objid))
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
JOIN numbered AS held ON held.mode = l.mode AND held.number = ANY (wanted.conflicts)
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
-- It has locked its own number under the same virtual one, whose form differs between versions.
LEFT JOIN pg_locks AS own
    ON l.pid IS NULL AND own.pid IS NULL AND own.locktype = 'transactionid' AND own.granted
    AND own.virtualtransaction = l.virtualtransaction
LEFT JOIN pg_prepared_xacts AS x ON x.transaction = own.transactionid
WHERE l.pid IS DISTINCT FROM pg_backend_pid()
ORDER BY l.pid, l.virtualtransaction, l.granted DESC, held.number DESC
LIMIT 10
