-- What is somebody else's and has to do with what is dropped, the objects $2 of the catalogs $1, pairwise: what depends
-- on it, and what stands in the schema that the migration made ($3) both stop everything; but for the extensions $4, which
-- the migration made. What stands in a schema that was there before stays with it.
WITH RECURSIVE dropped (class, object) AS (
    SELECT d.class::oid, d.object::oid
    FROM unnest($1::bigint[], $2::bigint[]) AS d (class, object)
    UNION
    -- What goes by itself with something else: indexes, columns' defaults, triggers, policies, partitions, row types.
    SELECT d.classid, d.objid
    FROM dropped AS o
    JOIN pg_depend AS d ON d.refclassid = o.class AND d.refobjid = o.object
    WHERE d.deptype IN ('a', 'i', 'P', 'S')
),
others (class, object, part, stops) AS (
    SELECT d.classid, d.objid, d.objsubid, true
    FROM dropped AS o
    JOIN pg_depend AS d ON d.refclassid = o.class AND d.refobjid = o.object AND d.deptype = 'n'
    UNION ALL
    -- The extension that it was made a member of.
    SELECT d.refclassid, d.refobjid, 0, true
    FROM dropped AS o
    JOIN pg_depend AS d ON d.classid = o.class AND d.objid = o.object AND d.deptype = 'e'
    UNION ALL
    SELECT d.classid, d.objid, 0, $3::boolean
    FROM pg_depend AS d
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace('mcp') AND d.deptype = 'n'
        AND NOT EXISTS (
            SELECT
            FROM pg_extension AS x
            WHERE d.classid = 'pg_extension'::regclass AND x.oid = d.objid AND x.extname = ANY ($4::text[]))
        AND NOT EXISTS (
            SELECT
            FROM pg_depend AS e
            WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
        -- golang-migrate may keep its table there. to_regclass() needs the right to use the schema.
        AND NOT EXISTS (
            SELECT
            FROM pg_class AS c
            WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relname = 'schema_migrations')
)
SELECT o.name, bool_or(o.stops) AS stops
FROM (
    SELECT
        -- A view depends on what it reads by its rule.
        coalesce(
            (
                SELECT pg_describe_object('pg_class'::regclass, w.ev_class, 0)
                FROM pg_rewrite AS w
                WHERE o.class = 'pg_rewrite'::regclass AND w.oid = o.object AND w.rulename = '_RETURN'
            ),
            pg_describe_object(o.class, o.object, o.part))
        -- A session that a pooler keeps may have it for long.
        || coalesce(
            (
                SELECT format(
                    ', which is temporary: DROP %s %s, or end the session that made it',
                    CASE t.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, t.oid::regclass)
                FROM pg_class AS t
                WHERE t.relpersistence = 't'
                    AND t.oid = CASE o.class
                        WHEN 'pg_class'::regclass THEN o.object
                        WHEN 'pg_rewrite'::regclass THEN (SELECT w.ev_class FROM pg_rewrite AS w WHERE w.oid = o.object)
                        WHEN 'pg_constraint'::regclass THEN (SELECT k.conrelid FROM pg_constraint AS k WHERE k.oid = o.object)
                        WHEN 'pg_attrdef'::regclass THEN (SELECT d.adrelid FROM pg_attrdef AS d WHERE d.oid = o.object)
                    END
            ),
            '') AS name,
        o.stops
    FROM others AS o
    WHERE NOT EXISTS (SELECT FROM dropped AS d WHERE d.class = o.class AND d.object = o.object)
) AS o
-- What has just been dropped has no name.
WHERE o.name IS NOT NULL
GROUP BY o.name
ORDER BY o.name
