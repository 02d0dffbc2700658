-- Who has something in schema mcp, or may put something there, and is trusted with nothing by that: neither a superuser,
-- nor the role that calls, nor the schema's own, nor one of $1 or their members. Whoever repairs, applies or takes back the
-- schema may run code of theirs. $2 are the tables of golang-migrate. A row for each role: an example, how much more, and
-- whether some of it is whoever's owns the database; and one without a role for what somebody has left who had a table.
WITH RECURSIVE trusted AS (
    SELECT r.oid
    FROM pg_roles AS r
    WHERE r.rolsuper OR r.rolname IN (current_user, 'mcp_owner') OR EXISTS (
        SELECT FROM pg_roles AS t WHERE t.rolname = ANY ($1::text[]) AND pg_has_role(r.oid, t.oid, 'MEMBER'))
),
own AS (
    SELECT c.oid FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace('mcp') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION
    SELECT to_regclass(t.name)::oid FROM unnest($2::text[]) AS t (name)
    UNION
    SELECT i.inhrelid FROM own AS o JOIN pg_inherits AS i ON i.inhparent = o.oid
),
-- What they are partitions of, or inherit from: an index of it is one of theirs.
ancestor AS (
    SELECT i.inhparent AS oid FROM own AS o JOIN pg_inherits AS i ON i.inhrelid = o.oid
    UNION
    SELECT i.inhparent FROM ancestor AS a JOIN pg_inherits AS i ON i.inhrelid = a.oid
),
-- With what foreign keys lead to, either way, and what views and rules read, which may be views in their turn.
relation AS (
    SELECT o.oid FROM own AS o
    UNION
    SELECT a.oid FROM ancestor AS a
    UNION
    SELECT CASE k.conrelid WHEN o.oid THEN k.confrelid ELSE k.conrelid END
    FROM own AS o
    JOIN pg_constraint AS k ON k.contype = 'f' AND o.oid IN (k.conrelid, k.confrelid)
    UNION
    SELECT d.refobjid
    FROM relation AS r
    JOIN pg_rewrite AS w ON w.ev_class = r.oid
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
),
-- Whose rules may run: of the tables, and of what these and materialized views read. Nobody reads another view.
readable AS (
    SELECT r.oid FROM relation AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relkind <> 'v'
    UNION
    SELECT d.refobjid
    FROM readable AS r
    JOIN pg_rewrite AS w ON w.ev_class = r.oid
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
),
home AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl
    FROM pg_namespace AS n
    WHERE n.nspname = 'mcp' OR n.oid IN (
        SELECT c.relnamespace FROM pg_class AS c JOIN unnest($2::text[]) AS t (name) ON c.oid = to_regclass(t.name)
        UNION ALL
        SELECT e.extnamespace FROM pg_extension AS e WHERE e.extname IN ('vector', 'pg_trgm'))
        -- Where the extensions will be.
        OR n.nspname = 'public' AND EXISTS (
            SELECT FROM (VALUES ('vector'), ('pg_trgm')) AS w (name)
            WHERE NOT EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = w.name)
                AND (w.name = 'vector' OR EXISTS (SELECT FROM pg_available_extensions AS a WHERE a.name = w.name)))
),
part (class, object) AS (
    SELECT 'pg_class'::regclass, r.oid FROM relation AS r
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid FROM relation AS r JOIN pg_trigger AS g ON g.tgrelid = r.oid AND NOT g.tgisinternal
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid FROM relation AS r JOIN pg_index AS i ON i.indrelid = r.oid
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid FROM relation AS r JOIN pg_attrdef AS d ON d.adrelid = r.oid
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid FROM relation AS r JOIN pg_policy AS p ON p.polrelid = r.oid
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid FROM relation AS r JOIN pg_rewrite AS w ON w.ev_class = r.oid
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid FROM relation AS r JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid
),
-- What may be called by the text of a body: by its name with its schema. What extensions have brought is a superuser's.
-- Found by the name, which stands between a point and a parenthesis; one that has such itself, by its pattern.
callable AS MATERIALIZED (
    SELECT f.oid, CASE WHEN f.proname !~ '[.(]|^[\s"]|[\s"]$' THEN lower(f.proname) END AS name, f.proname,
        '\m' || regexp_replace(n.nspname, '(\W)', '\\\1', 'g') || '"?\s*\.\s*"?' || regexp_replace(f.proname, '(\W)', '\\\1', 'g')
            || '"?\s*\(' AS call
    FROM pg_proc AS f
    JOIN pg_namespace AS n ON n.oid = f.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND NOT EXISTS (
            SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')
),
-- What they use, what that is made of, and what the bodies of functions use, parsed or not.
used (refclassid, refobjid) AS (
    SELECT d.refclassid, d.refobjid
    FROM part AS p
    JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.object
    WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass)
    UNION
    SELECT n.class, n.oid
    FROM used AS u
    CROSS JOIN LATERAL (
        SELECT d.refclassid AS class, d.refobjid AS oid FROM pg_depend AS d WHERE d.classid = u.refclassid AND d.objid = u.refobjid
        UNION ALL
        SELECT d.refclassid, d.refobjid
        FROM pg_constraint AS k
        JOIN pg_depend AS d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
        WHERE u.refclassid = 'pg_type'::regclass AND k.contypid = u.refobjid
        UNION ALL
        SELECT 'pg_proc'::regclass, c.oid
        FROM pg_proc AS b
        CROSS JOIN LATERAL (
            SELECT DISTINCT t.text || '(' AS text, lower(btrim(split_part(t.text, '.', -1), E' \t\n\r\f\v"')) AS name
            FROM string_to_table(b.prosrc, '(') AS t (text)
        ) AS s
        JOIN callable AS c ON c.name = s.name AND s.text ~* c.call
        WHERE u.refclassid = 'pg_proc'::regclass AND b.oid = u.refobjid
        UNION ALL
        SELECT 'pg_proc'::regclass, c.oid
        FROM pg_proc AS b
        JOIN callable AS c ON c.name IS NULL
            AND CASE WHEN strpos(lower(b.prosrc), lower(c.proname)) > 0 THEN b.prosrc ~* c.call ELSE false END
        WHERE u.refclassid = 'pg_proc'::regclass AND b.oid = u.refobjid
        UNION ALL
        SELECT 'pg_type'::regclass, a.atttypid
        FROM pg_type AS t
        JOIN pg_attribute AS a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid
    ) AS n
    WHERE n.class IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_opclass'::regclass)
),
type AS (
    SELECT y.oid, y.typowner
    FROM pg_type AS y
    WHERE y.typnamespace = to_regnamespace('mcp')
        OR EXISTS (SELECT FROM used AS u WHERE u.refclassid = 'pg_type'::regclass AND u.refobjid = y.oid)
),
-- Schemas that a body calls a function of, whether that is there or not; but for what extensions have brought.
named AS (
    SELECT DISTINCT n.oid
    FROM used AS u
    JOIN pg_proc AS b ON u.refclassid = 'pg_proc'::regclass AND b.oid = u.refobjid
    CROSS JOIN LATERAL (
        SELECT DISTINCT lower(rtrim(split_part(t.text, '.', -2), E' \t\n\r\f\v"')) AS schema,
            lower(btrim(split_part(t.text, '.', -1), E' \t\n\r\f\v"')) AS name
        FROM string_to_table(b.prosrc, '(') AS t (text)
        -- A name alone, and not what stands between a text with a point and a parenthesis.
        WHERE strpos(t.text, '.') > 0 AND split_part(t.text, '.', -1) ~ '^\s*([\w$]+|"[^"]+")\s*$'
    ) AS s
    JOIN pg_namespace AS n ON right(s.schema, length(n.nspname)) = lower(n.nspname)
        AND left(right(s.schema, length(n.nspname) + 1), - length(n.nspname)) !~ '[\w$]'
    WHERE NOT EXISTS (
        SELECT
        FROM pg_proc AS f
        JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e'
        WHERE f.pronamespace = n.oid AND lower(f.proname) = s.name)
),
-- What is computed when somebody writes to one of them, reads it or analyses it.
expression (class, object, tree) AS (
    SELECT 'pg_constraint'::regclass, k.oid, k.conbin::text
    FROM pg_constraint AS k
    WHERE k.conrelid IN (SELECT r.oid FROM relation AS r) OR k.contypid IN (SELECT t.oid FROM type AS t)
    UNION ALL
    SELECT 'pg_type'::regclass, y.oid, y.typdefaultbin::text FROM type AS t JOIN pg_type AS y ON y.oid = t.oid
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid, g.tgqual::text FROM relation AS r JOIN pg_trigger AS g ON g.tgrelid = r.oid
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, concat(i.indexprs, i.indpred)
    FROM relation AS r
    JOIN pg_index AS i ON i.indrelid = r.oid
    UNION ALL
    SELECT 'pg_class'::regclass, k.partrelid, k.partexprs::text
    FROM relation AS r
    JOIN pg_partitioned_table AS k ON k.partrelid = r.oid
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, d.adbin::text FROM relation AS r JOIN pg_attrdef AS d ON d.adrelid = r.oid
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, concat(p.polqual, p.polwithcheck)
    FROM relation AS r
    JOIN pg_policy AS p ON p.polrelid = r.oid
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, concat(w.ev_qual, w.ev_action)
    FROM pg_rewrite AS w
    WHERE w.ev_class IN (SELECT r.oid FROM readable AS r)
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxexprs::text
    FROM relation AS r
    JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid
),
left_behind (what) AS (
    SELECT format('%s, which calls %s', pg_describe_object(t.class, t.object, 0), t.function)
    FROM (
        -- include mcp/queries/text_runners
    ) AS t
),
-- What is used, with the schema that it is in. Who owns that may put another in its place, and who may create there one that
-- outdoes it, where it is called by its name; but for what an extension has brought.
place (namespace, may_be_outdone) AS (
    SELECT n.oid, bool_or(u.is_called AND NOT EXISTS (
        SELECT FROM pg_depend AS d WHERE d.classid = u.class AND d.objid = u.oid AND d.deptype = 'e'))
    FROM (
        SELECT 'pg_class'::regclass, c.oid, c.relnamespace, false
        FROM relation AS r
        JOIN pg_class AS c ON c.oid = r.oid
        UNION ALL
        SELECT u.refclassid, u.refobjid, x.namespace, true
        FROM used AS u
        CROSS JOIN LATERAL (
            SELECT f.pronamespace FROM pg_proc AS f WHERE u.refclassid = 'pg_proc'::regclass AND f.oid = u.refobjid
            UNION ALL
            SELECT o.oprnamespace FROM pg_operator AS o WHERE u.refclassid = 'pg_operator'::regclass AND o.oid = u.refobjid
            UNION ALL
            SELECT y.typnamespace FROM pg_type AS y WHERE u.refclassid = 'pg_type'::regclass AND y.oid = u.refobjid
            UNION ALL
            SELECT c.opcnamespace FROM pg_opclass AS c WHERE u.refclassid = 'pg_opclass'::regclass AND c.oid = u.refobjid
        ) AS x (namespace)
        UNION ALL
        SELECT 'pg_namespace'::regclass, n.oid, n.oid, true FROM named AS n
    ) AS u (class, oid, namespace, is_called)
    JOIN pg_namespace AS n ON n.oid = u.namespace
    WHERE n.nspname NOT IN ('mcp', 'pg_catalog', 'information_schema', 'pg_toast')
    GROUP BY n.oid
),
has (owner, what, rank) AS (
    SELECT h.nspowner, format('schema %I', h.nspname), 0 FROM home AS h
    UNION ALL
    SELECT n.nspowner, format('schema %I, of which something is used', n.nspname), 1
    FROM place AS p
    JOIN pg_namespace AS n ON n.oid = p.namespace
    WHERE n.oid NOT IN (SELECT h.oid FROM home AS h)
    UNION ALL
    SELECT a.grantee, format('CREATE on schema %I, of which something is used', n.nspname), 2
    FROM place AS p
    JOIN pg_namespace AS n ON n.oid = p.namespace
    CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
    WHERE p.may_be_outdone AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
    UNION ALL
    SELECT e.extowner, format('extension %I, of which something is used', e.extname), 1
    FROM used AS u
    JOIN pg_depend AS d ON d.classid = u.refclassid AND d.objid = u.refobjid AND d.deptype = 'e'
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE e.extname NOT IN ('vector', 'pg_trgm')
    UNION ALL
    SELECT m.*, 0
    FROM (
        SELECT c.relowner, pg_describe_object('pg_class'::regclass, c.oid, 0) FROM relation AS r JOIN pg_class AS c ON c.oid = r.oid
        UNION ALL
        SELECT t.typowner, pg_describe_object('pg_type'::regclass, t.oid, 0) FROM type AS t
        UNION ALL
        SELECT f.proowner, pg_describe_object('pg_proc'::regclass, f.oid, 0)
        FROM pg_proc AS f
        WHERE f.pronamespace = to_regnamespace('mcp')
            OR EXISTS (SELECT FROM used AS u WHERE u.refclassid = 'pg_proc'::regclass AND u.refobjid = f.oid)
        UNION ALL
        SELECT w.owner, pg_describe_object('pg_operator'::regclass, o.oid, 0)
        FROM pg_operator AS o
        LEFT JOIN pg_proc AS f ON f.oid = o.oprcode
        CROSS JOIN LATERAL (VALUES (o.oprowner), (f.proowner)) AS w (owner)
        WHERE o.oprnamespace = to_regnamespace('mcp')
            OR EXISTS (SELECT FROM used AS u WHERE u.refclassid = 'pg_operator'::regclass AND u.refobjid = o.oid)
        UNION ALL
        SELECT c.opcowner, pg_describe_object('pg_opclass'::regclass, c.oid, 0)
        FROM pg_opclass AS c
        WHERE c.opcnamespace = to_regnamespace('mcp')
            OR EXISTS (SELECT FROM used AS u WHERE u.refclassid = 'pg_opclass'::regclass AND u.refobjid = c.oid)
        UNION ALL
        SELECT f.proowner, pg_describe_object('pg_cast'::regclass, c.oid, 0)
        FROM pg_cast AS c
        JOIN pg_proc AS f ON f.oid = c.castfunc
        WHERE EXISTS (SELECT FROM type AS t WHERE t.oid IN (c.castsource, c.casttarget))
        UNION ALL
        SELECT s.stxowner, pg_describe_object('pg_statistic_ext'::regclass, s.oid, 0)
        FROM relation AS r
        JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid
        UNION ALL
        SELECT x.owner, pg_describe_object(x.class, x.oid, 0)
        FROM (
            SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation WHERE collnamespace = to_regnamespace('mcp')
            UNION ALL
            SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion WHERE connamespace = to_regnamespace('mcp')
            UNION ALL
            SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config WHERE cfgnamespace = to_regnamespace('mcp')
            UNION ALL
            SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict WHERE dictnamespace = to_regnamespace('mcp')
        ) AS x (class, oid, owner)
        UNION ALL
        -- Who drops it drops what depends on it.
        SELECT e.extowner, format('extension %I', e.extname) FROM pg_extension AS e WHERE e.extname IN ('vector', 'pg_trgm')
        UNION ALL
        SELECT e.extowner, format('extension %I, on which %s depends', e.extname, pg_describe_object(p.class, p.object, 0))
        FROM (
            SELECT p.class, p.object FROM part AS p
            UNION ALL
            SELECT 'pg_proc'::regclass, f.oid FROM pg_proc AS f WHERE f.pronamespace = to_regnamespace('mcp')
        ) AS p (class, object)
        JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.object AND d.deptype = 'x'
        JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
        UNION ALL
        SELECT a.grantee, format('CREATE on schema %I', h.nspname)
        FROM home AS h
        CROSS JOIN LATERAL aclexplode(h.nspacl) AS a
        WHERE a.privilege_type = 'CREATE' AND h.nspname = 'mcp'
        UNION ALL
        SELECT a.grantee, format('%s on %s', a.privilege_type, pg_describe_object('pg_class'::regclass, c.oid, 0))
        FROM own AS o
        JOIN pg_class AS c ON c.oid = o.oid
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        WHERE a.privilege_type IN ('TRIGGER', 'REFERENCES')
        UNION ALL
        -- On what a repair is going to make.
        SELECT a.grantee, format('%s on what mcp_owner makes, by its default privileges', a.privilege_type)
        FROM pg_default_acl AS d
        CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
        WHERE d.defaclrole = to_regrole('mcp_owner') AND d.defaclnamespace IN (0, to_regnamespace('mcp'))
            AND a.privilege_type IN ('TRIGGER', 'REFERENCES', 'CREATE')
        UNION ALL
        SELECT a.grantee, format('REFERENCES on %s', pg_describe_object('pg_class'::regclass, t.attrelid, t.attnum))
        FROM own AS o
        JOIN pg_attribute AS t ON t.attrelid = o.oid AND t.attacl IS NOT NULL
        CROSS JOIN LATERAL aclexplode(t.attacl) AS a
        WHERE a.privilege_type = 'REFERENCES'
    ) AS m
),
holder AS (
    SELECT w.owner, h.what, h.rank, w.is_databases
    FROM has AS h
    -- This role is whoever owns the database.
    CROSS JOIN LATERAL (
        SELECT h.owner, false WHERE h.owner IS DISTINCT FROM to_regrole('pg_database_owner')
        UNION ALL
        SELECT d.datdba, true
        FROM pg_database AS d
        WHERE h.owner = to_regrole('pg_database_owner') AND d.datname = current_database()
    ) AS w (owner, is_databases)
    WHERE w.owner IS NOT NULL
)
SELECT CASE h.owner WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(h.owner)) END AS role,
    (array_agg(h.what ORDER BY h.rank, h.what))[1] AS example, count(DISTINCT h.what) - 1 AS more,
    bool_or(h.is_databases) AS owns_database
FROM holder AS h
WHERE h.owner NOT IN (SELECT t.oid FROM trusted AS t)
GROUP BY h.owner
UNION ALL
SELECT NULL, min(l.what), count(DISTINCT l.what) - 1, false FROM left_behind AS l HAVING count(*) > 0
ORDER BY 1
