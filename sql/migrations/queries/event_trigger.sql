-- An event trigger that runs code of somebody who is neither a superuser nor we: it fires at our own DDL, and would run as
-- our role. No row where there is none.
SELECT format('event trigger %I calls %s of role %I', e.evtname, e.evtfoid::regprocedure, o.rolname) AS trigger
FROM pg_event_trigger AS e
JOIN pg_proc AS f ON f.oid = e.evtfoid
JOIN pg_roles AS o ON o.oid = f.proowner
WHERE e.evtenabled <> 'D' AND NOT o.rolsuper AND o.rolname <> current_user
ORDER BY e.evtname
LIMIT 1
