-- Holds each advisory lock of pgtend's that this session has, $1 being their first key, until the transaction ends as
-- well: code of others may release the lock of a session, but none of a transaction. So nobody else can have had it
-- meanwhile, and the session takes it again, once, before the transaction ends.
SELECT l.objid::bigint AS number, pg_advisory_xact_lock($1, l.objid::integer)
FROM pg_locks AS l
WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.granted AND l.classid = $1 AND l.objsubid = 2
