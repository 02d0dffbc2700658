-- Part of the queries on foreign code: what the type u.refobjid is made of, as class and oid. Reading, casting or comparing
-- values of a type runs the code of what it is made of.
SELECT 'pg_type'::regclass AS class, unnest(ARRAY[t.typelem, t.typbasetype]) AS oid
FROM pg_type AS t
WHERE t.oid = u.refobjid
UNION ALL
SELECT 'pg_type'::regclass, a.atttypid
FROM pg_type AS t
JOIN pg_attribute AS a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.oid = u.refobjid
UNION ALL
SELECT 'pg_type'::regclass, r.rngsubtype FROM pg_range AS r WHERE r.rngtypid = u.refobjid
UNION ALL
SELECT 'pg_type'::regclass, r.rngtypid FROM pg_range AS r WHERE r.rngmultitypid = u.refobjid
UNION ALL
-- Its default, and what makes the values of a range comparable.
SELECT d.refclassid::regclass, d.refobjid
FROM pg_depend AS d
WHERE d.classid = 'pg_type'::regclass AND d.objid = u.refobjid AND d.refclassid = 'pg_proc'::regclass
UNION ALL
-- What casts it, which whoever owned it may have made. By an index: there may be thousands of types and of casts.
SELECT 'pg_proc'::regclass, k.castfunc
FROM pg_depend AS d
JOIN pg_cast AS k ON k.oid = d.objid
WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid = u.refobjid AND d.classid = 'pg_cast'::regclass
    AND k.castfunc >= 16384
UNION ALL
-- The CHECKs of a domain.
SELECT d.refclassid::regclass, d.refobjid
FROM pg_constraint AS k
JOIN pg_depend AS d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
WHERE k.contypid = u.refobjid
