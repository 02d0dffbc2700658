-- Loads the library of pgvector, where that is installed: only superusers may create a function that sets a parameter of
-- a library that is not loaded. By the OID of one of its functions in C, which nobody but a superuser can have made:
-- whoever owns the schema of the extension may put another type, or another function, in the place of a name.
SELECT fmgr_c_validator(p.oid)
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    AND d.classid = 'pg_proc'::regclass
JOIN pg_proc AS p ON p.oid = d.objid
JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname = 'c'
WHERE e.extname = 'vector'
ORDER BY p.oid
LIMIT 1
