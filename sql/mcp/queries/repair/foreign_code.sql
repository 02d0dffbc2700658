-- Code that runs when the relations $2 of schema $1 or their partitions are worked on, and belongs to somebody who may not
-- act as role $3 anyway: what it is, a line break, and what to do about it. $4 are the functions of the schema whose text
-- and owner will be the schema's own before the relations belong to that role. What a trusted function calls in turn is
-- the matter of whoever owns it.
WITH trusted AS (
    SELECT r.oid
    FROM pg_roles AS r
    WHERE r.rolsuper OR r.rolname = current_user OR coalesce(pg_has_role(r.oid, to_regrole(quote_ident($3)), 'MEMBER'), false)
), relation AS (
    SELECT c.oid
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = ANY ($2::text[]) AND c.relkind IN ('r', 'p', 'm')
), tree AS (
    SELECT r.oid FROM relation AS r
    UNION
    SELECT t.relid FROM relation AS r CROSS JOIN LATERAL pg_partition_tree(r.oid) AS t
), part (relation, class, object) AS (
    -- With the types of its columns and the expressions of its partition key.
    SELECT t.oid, 'pg_class'::regclass, t.oid FROM tree AS t
    UNION ALL
    SELECT g.tgrelid, 'pg_trigger'::regclass, g.oid FROM pg_trigger AS g WHERE NOT g.tgisinternal
    UNION ALL
    SELECT k.conrelid, 'pg_constraint'::regclass, k.oid FROM pg_constraint AS k
    UNION ALL
    SELECT i.indrelid, 'pg_class'::regclass, i.indexrelid FROM pg_index AS i
    UNION ALL
    SELECT d.adrelid, 'pg_attrdef'::regclass, d.oid FROM pg_attrdef AS d
    UNION ALL
    SELECT p.polrelid, 'pg_policy'::regclass, p.oid FROM pg_policy AS p
    UNION ALL
    SELECT w.ev_class, 'pg_rewrite'::regclass, w.oid FROM pg_rewrite AS w
), used AS (
    SELECT DISTINCT p.class, p.object, d.refclassid, d.refobjid
    FROM part AS p
    JOIN tree AS t ON t.oid = p.relation
    JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.object
    WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass)
), code (class, object, owner, name, keyword) AS (
    SELECT u.class, u.object, f.proowner, f.oid::regprocedure::text, 'FUNCTION'
    FROM used AS u
    JOIN pg_proc AS f ON u.refclassid = 'pg_proc'::regclass AND f.oid = u.refobjid
    WHERE f.pronamespace IS DISTINCT FROM to_regnamespace(quote_ident($1))
        OR format('%s(%s)', f.proname, oidvectortypes(f.proargtypes)) <> ALL ($4::text[])
    UNION ALL
    SELECT u.class, u.object, w.owner, o.oid::regoperator::text, 'OPERATOR'
    FROM used AS u
    JOIN pg_operator AS o ON u.refclassid = 'pg_operator'::regclass AND o.oid = u.refobjid
    JOIN pg_proc AS f ON f.oid = o.oprcode
    CROSS JOIN LATERAL (VALUES (o.oprowner), (f.proowner)) AS w (owner)
    UNION ALL
    -- An enum has no code; a type of other kinds may have a CHECK, or a function of its own.
    SELECT u.class, u.object, y.typowner, y.oid::regtype::text, CASE y.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END
    FROM used AS u
    JOIN pg_type AS y ON u.refclassid = 'pg_type'::regclass AND y.oid = u.refobjid
    LEFT JOIN pg_type AS e ON e.oid = y.typelem AND y.typcategory = 'A'
    WHERE coalesce(e.typtype, y.typtype) <> 'e'
    UNION ALL
    SELECT u.class, u.object, c.opcowner, c.opcname::text, 'OPERATOR CLASS'
    FROM used AS u
    JOIN pg_opclass AS c ON u.refclassid = 'pg_opclass'::regclass AND c.oid = u.refobjid
)
SELECT format(E'%s uses the %s %s, which belongs to role %I\nwhere it may have these rights, ALTER %s %s OWNER TO %I; else drop %s',
    pg_describe_object(c.class, c.object, 0), lower(c.keyword), c.name, pg_get_userbyid(c.owner), c.keyword, c.name, $3,
    pg_describe_object(c.class, c.object, 0)) AS value, 1::bigint AS count
FROM code AS c
WHERE c.owner NOT IN (SELECT t.oid FROM trusted AS t)
GROUP BY 1
ORDER BY 1
