-- Functions that this transaction has made and that belong to the current user, unless that is $1, whose they should be by
-- now, or an extension has brought them.
SELECT p.oid::regprocedure::text AS name
FROM pg_proc AS p
WHERE p.xmin = pg_current_xact_id()::xid AND current_user <> $1::text
    AND p.proowner = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user)
    AND EXISTS (
        SELECT
        FROM pg_depend AS d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_namespace'::regclass
            AND d.xmin = p.xmin)
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
LIMIT 1
