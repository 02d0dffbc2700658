-- Everything that schema $1 holds, as facts: one row a property of an object. Grants to the roles $2 and to PUBLIC are
-- properties; those to anybody else are objects of their own, and so are the members of $3, which should own everything.
-- NULL stands for what is at its default.
--
-- Expressions are the server's own deparse under an empty search_path, so that each name stands with its schema; what
-- an extension has brought to the schema that it lives in is left out, unless it has one of the names $4, which the schema
-- has for objects of its own, and so are the copies of indexes, constraints and
-- triggers that partitions get from their parents; what a partition has of its own is told with the partition.
WITH target AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl
    FROM pg_namespace AS n
    WHERE n.nspname = $1::text
),
member AS (
    SELECT d.classid, d.objid, e.extname, e.extnamespace
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
),
-- Dropped with the extension by whoever drops that with CASCADE, though no member of it.
tied AS MATERIALIZED (
    SELECT d.classid, d.objid, quote_ident(e.extname) AS extension
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.deptype = 'x' AND d.refclassid = 'pg_extension'::regclass
),
-- Whoever owns an extension can make a member of it of whatever else is his.
brought AS (
    SELECT m.classid, m.objid
    FROM member AS m
    JOIN target AS t ON t.oid = m.extnamespace
    WHERE NOT EXISTS (
        SELECT
        FROM (
            SELECT c.relowner FROM pg_class AS c WHERE m.classid = 'pg_class'::regclass AND c.oid = m.objid
            UNION ALL
            SELECT f.proowner FROM pg_proc AS f WHERE m.classid = 'pg_proc'::regclass AND f.oid = m.objid
            UNION ALL
            SELECT y.typowner FROM pg_type AS y WHERE m.classid = 'pg_type'::regclass AND y.oid = m.objid
            UNION ALL
            -- Of either type: a cast has no owner.
            SELECT y.typowner
            FROM pg_cast AS c
            JOIN pg_type AS y ON y.oid IN (c.castsource, c.casttarget)
            WHERE m.classid = 'pg_cast'::regclass AND c.oid = m.objid
            UNION ALL
            SELECT f.proowner
            FROM pg_cast AS c
            JOIN pg_proc AS f ON f.oid = c.castfunc
            WHERE m.classid = 'pg_cast'::regclass AND c.oid = m.objid
            UNION ALL
            SELECT unnest(ARRAY[o.oprowner, f.proowner])
            FROM pg_operator AS o
            LEFT JOIN pg_proc AS f ON f.oid = o.oprcode
            WHERE m.classid = 'pg_operator'::regclass AND o.oid = m.objid
            UNION ALL
            SELECT c.opcowner FROM pg_opclass AS c WHERE m.classid = 'pg_opclass'::regclass AND c.oid = m.objid
            UNION ALL
            SELECT f.opfowner FROM pg_opfamily AS f WHERE m.classid = 'pg_opfamily'::regclass AND f.oid = m.objid
        ) AS w (owner)
        JOIN pg_roles AS r ON r.oid = w.owner
        WHERE NOT r.rolsuper)
),
relation AS (
    SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relacl, c.reloptions, c.relispartition, c.relpersistence,
        c.relrowsecurity, c.relforcerowsecurity, c.relispopulated, c.relreplident, c.reloftype, c.reltoastrelid,
        CASE c.relkind
            WHEN 'v' THEN 'view'
            WHEN 'm' THEN 'materialized view'
            WHEN 'S' THEN 'sequence'
            WHEN 'f' THEN 'foreign table'
            ELSE 'table'
        END AS kind
    FROM pg_class AS c
    JOIN target AS t ON t.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        -- Extensions bring no partitions: whoever owns a table can make it a member of theirs.
        AND (c.relispartition OR c.relname = ANY ($4::text[])
            OR NOT EXISTS (SELECT FROM brought AS b WHERE b.classid = 'pg_class'::regclass AND b.objid = c.oid))
        -- The sequence of an identity column goes with the column.
        AND NOT (c.relkind = 'S' AND EXISTS (
            SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i'))
),
routine AS (
    SELECT p.oid, p.proowner, p.proacl, p.prokind,
        format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)) AS name,
        CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind
    FROM pg_proc AS p
    JOIN target AS t ON t.oid = p.pronamespace
    WHERE p.proname = ANY ($4::text[])
        OR NOT EXISTS (SELECT FROM brought AS b WHERE b.classid = 'pg_proc'::regclass AND b.objid = p.oid)
),
-- Types of their own: neither the row type of a relation nor the array of another type.
type AS (
    SELECT y.oid, y.typname, y.typtype, y.typowner, y.typacl
    FROM pg_type AS y
    JOIN target AS t ON t.oid = y.typnamespace
    WHERE y.typtype IN ('e', 'd', 'c', 'r', 'b')
        AND (y.typrelid = 0 OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = y.typrelid AND c.relkind = 'c'))
        AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = y.oid)
        AND (y.typname = ANY ($4::text[])
            OR NOT EXISTS (SELECT FROM brought AS b WHERE b.classid = 'pg_type'::regclass AND b.objid = y.oid))
),
leaf AS (
    SELECT r.oid, r.relname, r.relkind, r.relowner, r.reloptions, r.relpersistence, r.relrowsecurity, r.relforcerowsecurity,
        r.relreplident, p.oid AS parent_oid, p.relname AS parent, i.inhdetachpending
    FROM relation AS r
    JOIN pg_inherits AS i ON i.inhrelid = r.oid
    JOIN pg_class AS p ON p.oid = i.inhparent AND p.relnamespace = r.relnamespace
    WHERE r.relispartition
),
-- With the partitions of tables outside of the schema.
whole AS (
    SELECT r.* FROM relation AS r WHERE NOT EXISTS (SELECT FROM leaf AS l WHERE l.oid = r.oid)
),
-- What ALTER ... NO DEPENDS ON EXTENSION names, the copies that partitions have of their parents' included: these go with
-- them.
dependant AS (
    SELECT o.relation, string_agg(format('%s (%s)', x.extension, o.name), ', ' ORDER BY x.extension, o.name) AS extensions
    FROM (
        SELECT r.oid, 'pg_class'::regclass, r.oid, format('MATERIALIZED VIEW %s', r.oid::regclass)
        FROM relation AS r
        WHERE r.relkind = 'm'
        UNION ALL
        SELECT r.oid, 'pg_class'::regclass, i.indexrelid, format('INDEX %s', i.indexrelid::regclass)
        FROM relation AS r
        JOIN pg_index AS i ON i.indrelid = r.oid
        UNION ALL
        SELECT r.oid, 'pg_trigger'::regclass, g.oid, format('TRIGGER %I ON %s', g.tgname, r.oid::regclass)
        FROM relation AS r
        JOIN pg_trigger AS g ON g.tgrelid = r.oid
    ) AS o (relation, class, object, name)
    JOIN tied AS x ON x.classid = o.class AND x.objid = o.object
    GROUP BY o.relation
),
-- A table without the index that its replica identity names has none.
unidentified AS (
    SELECT r.oid
    FROM relation AS r
    WHERE r.relkind IN ('r', 'p') AND (r.relreplident = 'n' OR r.relreplident = 'i' AND NOT EXISTS (
        SELECT FROM pg_index AS i WHERE i.indrelid = r.oid AND i.indisreplident))
),
attribute AS (
    SELECT w.relname, w.relkind, a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity,
        a.attgenerated, a.attcollation, a.attacl, a.attstorage, w.relowner, d.oid AS default_oid, d.adbin
    FROM whole AS w
    JOIN pg_attribute AS a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE w.relkind IN ('r', 'p', 'v', 'm', 'f')
),
index AS (
    SELECT c.oid, w.relname, c.relname AS name, i.indisvalid,
        -- Without the name, which a comparison must not stumble over, and without the options. All of it is cut off by its
        -- length: a name may hold anything, and so may an expression.
        concat(d.head, 'ON ', CASE
            WHEN right(t.body, length(o.written)) = o.written THEN left(t.body, - length(o.written)) ELSE t.body END,
            d.predicate) AS definition,
        -- But for the lists of an IVFFlat index, which follow the number of rows.
        o.options,
        substring(array_to_string(c.reloptions, ',') FROM '(?:^|,)lists=(\d+)') AS lists
    FROM whole AS w
    JOIN pg_index AS i ON i.indrelid = w.oid
    JOIN pg_class AS c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL (VALUES (
        CASE WHEN i.indisunique THEN 'CREATE UNIQUE INDEX ' ELSE 'CREATE INDEX ' END,
        coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), ''))) AS d (head, predicate)
    CROSS JOIN LATERAL (
        SELECT regexp_replace(left(substr(x.text, length(concat(d.head, quote_ident(c.relname), ' ON ')) + 1),
            length(x.text) - length(concat(d.head, quote_ident(c.relname), ' ON ', d.predicate))), '^ONLY ', '') AS body
        FROM (VALUES (pg_get_indexdef(i.indexrelid))) AS x (text)
    ) AS t
    CROSS JOIN LATERAL (
        SELECT string_agg(u.item, ', ' ORDER BY u.item COLLATE "C") FILTER (WHERE u.item NOT LIKE 'lists=%') AS options,
            coalesce(format(' WITH (%s)', string_agg(
                format('%I=%s', split_part(u.item, '=', 1), CASE
                    WHEN quote_ident(v.value) = v.value THEN v.value ELSE quote_literal(v.value) END),
                ', ' ORDER BY u.place)), '') AS written
        FROM unnest(c.reloptions) WITH ORDINALITY AS u (item, place)
        CROSS JOIN LATERAL (VALUES (substr(u.item, strpos(u.item, '=') + 1))) AS v (value)
    ) AS o
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS k
        WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))
),
-- What has an expression, and what it uses in truth: the server writes two functions alike that differ by arguments with
-- defaults, and IS DISTINCT FROM, NULLIF, CASE and comparisons of rows without the operators that they use. What every server
-- has is left out, as pg_depend has no rows for most of it. Each name stands with its schema, quoted.
part (class, object) AS (
    SELECT 'pg_rewrite'::regclass, w.oid FROM whole AS r JOIN pg_rewrite AS w ON w.ev_class = r.oid AND w.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid FROM relation AS r JOIN pg_attrdef AS d ON d.adrelid = r.oid
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid FROM whole AS r JOIN pg_index AS i ON i.indrelid = r.oid
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid FROM whole AS r JOIN pg_trigger AS g ON g.tgrelid = r.oid AND NOT g.tgisinternal
    UNION ALL
    SELECT 'pg_policy'::regclass, y.oid FROM relation AS r JOIN pg_policy AS y ON y.polrelid = r.oid
    UNION ALL
    SELECT 'pg_proc'::regclass, r.oid FROM routine AS r
),
used AS MATERIALIZED (
    SELECT p.class, p.object, string_agg(DISTINCT x.name, ', ') AS objects
    FROM part AS p
    JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.object
    CROSS JOIN LATERAL pg_identify_object(d.refclassid, d.refobjid, 0) AS i
    CROSS JOIN LATERAL (VALUES (concat_ws(' ', i.type, i.identity) COLLATE "C")) AS x (name)
    WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_collation'::regclass,
            'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass)
        -- The first that initdb does not give out.
        AND d.refobjid >= 16384
    GROUP BY p.class, p.object
),
-- What has the server run a text: nobody knows who has written it, and a name in it means whatever has that name when it
-- runs.
expression (class, object, tree) AS (
    SELECT 'pg_constraint'::regclass, k.oid, k.conbin::text FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid, g.tgqual::text FROM relation AS r JOIN pg_trigger AS g ON g.tgrelid = r.oid
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, concat(i.indexprs, i.indpred)
    FROM relation AS r
    JOIN pg_index AS i ON i.indrelid = r.oid
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, d.adbin::text FROM relation AS r JOIN pg_attrdef AS d ON d.adrelid = r.oid
    UNION ALL
    SELECT 'pg_policy'::regclass, y.oid, concat(y.polqual, y.polwithcheck)
    FROM relation AS r
    JOIN pg_policy AS y ON y.polrelid = r.oid
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, concat(w.ev_qual, w.ev_action)
    FROM relation AS r
    JOIN pg_rewrite AS w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxexprs::text
    FROM relation AS r
    JOIN pg_statistic_ext AS s ON s.stxrelid = r.oid
),
text_run AS MATERIALIZED (
    SELECT t.class, t.object, string_agg(DISTINCT t.function::text, ', ') AS functions
    FROM (
        -- include mcp/queries/text_runners
    ) AS t
    GROUP BY t.class, t.object
),
-- Those that make foreign keys what they are and do not fire; of a partition those alone that fire for its parent.
system_trigger AS (
    SELECT g.tgrelid, g.tgname, g.tgconstraint
    FROM pg_trigger AS g
    LEFT JOIN pg_trigger AS p ON p.oid = g.tgparentid
    WHERE g.tgisinternal AND g.tgenabled IN ('D', 'R') AND p.tgenabled IS DISTINCT FROM g.tgenabled
),
-- Names as text throughout: the type name cuts what a UNION puts beside it to 63 bytes, and a function is told with the
-- types of its arguments. Grants on the columns of a partition are told with the partition, each with its column, and those
-- on the columns that every table has, such as ctid, with the table.
acl (kind, relation, name, owner, items, suffix) AS (
    SELECT 'schema', ''::text, t.nspname::text, t.nspowner, coalesce(t.nspacl, acldefault('n', t.nspowner)), ''::text
    FROM target AS t
    UNION ALL
    SELECT w.kind, '', w.relname, w.relowner,
        coalesce(w.relacl, acldefault(CASE w.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", w.relowner)), ''
    FROM whole AS w
    UNION ALL
    SELECT 'partition', f.parent, f.relname, c.relowner, coalesce(c.relacl, acldefault('r', c.relowner)), ''
    FROM leaf AS f
    JOIN pg_class AS c ON c.oid = f.oid
    UNION ALL
    SELECT 'partition', f.parent, f.relname, f.relowner, a.attacl, format(' (%I)', a.attname)
    FROM leaf AS f
    JOIN pg_attribute AS a ON a.attrelid = f.oid AND NOT a.attisdropped AND a.attacl IS NOT NULL
    UNION ALL
    SELECT w.kind, '', w.relname, w.relowner, a.attacl, format(' (%I)', a.attname)
    FROM whole AS w
    JOIN pg_attribute AS a ON a.attrelid = w.oid AND a.attnum < 0 AND a.attacl IS NOT NULL
    UNION ALL
    SELECT 'column', a.relname, a.attname, a.relowner, a.attacl, '' FROM attribute AS a
    UNION ALL
    SELECT r.kind, '', r.name, r.proowner, coalesce(r.proacl, acldefault('f', r.proowner)), '' FROM routine AS r
    UNION ALL
    SELECT 'type', '', y.typname, y.typowner, coalesce(y.typacl, acldefault('T', y.typowner)), '' FROM type AS y
),
grants AS (
    SELECT a.kind, a.relation, a.name, g.grantee,
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END AS role,
        string_agg(g.privilege_type || a.suffix || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
            ORDER BY g.privilege_type, a.suffix) AS privileges
    FROM acl AS a
    CROSS JOIN LATERAL aclexplode(a.items) AS g
    WHERE g.grantee <> a.owner
    GROUP BY 1, 2, 3, 4
),
-- What an owner has taken from himself stays taken from the one who comes after him.
lacking AS (
    SELECT a.kind, a.relation, a.name, string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type) AS privileges
    FROM acl AS a
    CROSS JOIN LATERAL aclexplode(acldefault(CASE
        WHEN a.kind = 'schema' THEN 'n'
        WHEN a.kind = 'sequence' THEN 's'
        WHEN a.kind = 'type' THEN 'T'
        WHEN a.kind IN ('function', 'procedure', 'aggregate') THEN 'f'
        ELSE 'r'
    END::"char", a.owner)) AS d
    WHERE a.kind <> 'column' AND a.suffix = '' AND d.grantee = a.owner AND NOT EXISTS (
        SELECT FROM aclexplode(a.items) AS g WHERE g.grantee = a.owner AND g.privilege_type = d.privilege_type)
    GROUP BY 1, 2, 3
),
fact (kind, relation, name, property, value) AS (
    -- Roles belong to the cluster: only those that are asked for, owners, and who has privileges without inheriting any are
    -- a matter of this schema, and what is said of them is a matter of whoever made them.
    SELECT 'role'::text, ''::text, r.rolname::text, f.property, f.value
    FROM pg_roles AS r
    CROSS JOIN LATERAL (VALUES
        ('attributes', concat_ws(' ',
            CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
            CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
            CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
            CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
            CASE WHEN r.rolreplication THEN 'REPLICATION' END,
            CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END)),
        ('inheritance', CASE WHEN NOT r.rolinherit AND r.rolname <> ALL ($2::text[]) THEN 'NOINHERIT' END),
        -- Among the roles that are asked for, by way of others as well.
        ('members', (
            SELECT string_agg(quote_ident(m.rolname), ', ' ORDER BY m.rolname)
            FROM pg_roles AS m
            WHERE r.rolname = ANY ($2::text[]) AND m.rolname = ANY ($2::text[]) AND m.oid <> r.oid AND NOT m.rolsuper
                AND pg_has_role(m.oid, r.oid, 'MEMBER'))),
        -- Others that it is a member of and that, by themselves or by what they are members of, see what the schema hides, or
        -- may do what the server has a predefined role for, or make itself a member of any (before 16). Of the predefined
        -- role for owners whoever owns the database is a member.
        ('rights of others', (
            SELECT string_agg(DISTINCT quote_ident(g.rolname), ', ')
            FROM pg_auth_members AS a
            JOIN pg_roles AS g ON g.oid = a.roleid AND g.rolname <> ALL ($2::text[])
            WHERE a.member = r.oid AND r.rolname = ANY ($2::text[]) AND NOT r.rolsuper
                AND EXISTS (
                    SELECT
                    FROM pg_roles AS o
                    WHERE pg_has_role(g.oid, o.oid, 'MEMBER') AND o.rolname <> ALL ($2::text[])
                        AND (o.rolname ~ '^pg_' AND o.rolname <> 'pg_database_owner' OR o.rolsuper OR o.rolbypassrls
                            OR o.rolcreaterole AND current_setting('server_version_num')::integer < 160000
                            OR o.oid IN (SELECT a.owner FROM acl AS a)
                            OR o.oid IN (SELECT g.grantee FROM grants AS g)))))
    ) AS f (property, value)
    WHERE r.rolname = ANY ($2::text[]) OR r.oid IN (SELECT o.relowner FROM relation AS o)
        OR NOT r.rolinherit AND r.oid IN (SELECT g.grantee FROM grants AS g)

    UNION ALL
    -- Who may do with the schema whatever its owner may, be it by way of others; but for who may anyway, and who asks.
    SELECT 'member', o.rolname, m.rolname, 'definition',
        concat_ws(' ', 'MEMBER', CASE WHEN pg_has_role(m.oid, o.oid, 'MEMBER WITH ADMIN OPTION') THEN 'WITH ADMIN OPTION' END)
    FROM target AS t
    JOIN pg_roles AS o ON o.rolname = $3::text
    JOIN pg_roles AS m ON m.oid <> o.oid AND NOT m.rolsuper AND m.rolname <> current_user AND m.rolname <> ALL ($2::text[])
    WHERE pg_has_role(m.oid, o.oid, 'MEMBER')

    UNION ALL
    -- Who may make anybody a member of the others.
    SELECT 'member', o.rolname, m.rolname, 'definition', 'MEMBER WITH ADMIN OPTION'
    FROM target AS t
    JOIN pg_roles AS o ON o.rolname = ANY ($2::text[]) AND o.rolname <> $3::text
    JOIN pg_roles AS m ON NOT m.rolsuper AND m.rolname <> current_user AND m.rolname <> ALL ($2::text[])
    WHERE pg_has_role(m.oid, o.oid, 'MEMBER WITH ADMIN OPTION')

    UNION ALL
    SELECT 'extension', '', e.extname, f.property, f.value
    FROM pg_extension AS e
    JOIN pg_namespace AS n ON n.oid = e.extnamespace
    CROSS JOIN LATERAL (VALUES
        ('schema', quote_ident(n.nspname)),
        ('version', e.extversion),
        -- By what they were granted, what PUBLIC was, and what they are members of.
        ('roles that cannot use it', (
            SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname)
            FROM pg_roles AS r
            WHERE r.rolname = ANY ($2::text[]) AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')))
    ) AS f (property, value)

    UNION ALL
    SELECT 'schema', '', t.nspname, f.property, f.value
    FROM target AS t
    CROSS JOIN LATERAL (VALUES
        ('owner', pg_get_userbyid(t.nspowner)::text),
        ('comment', obj_description(t.oid, 'pg_namespace'))
    ) AS f (property, value)

    UNION ALL
    SELECT 'type', '', y.typname, f.property, f.value
    FROM type AS y
    CROSS JOIN LATERAL (VALUES
        ('definition', CASE y.typtype
            WHEN 'e' THEN (
                SELECT format('ENUM (%s)', string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder))
                FROM pg_enum AS e
                WHERE e.enumtypid = y.oid)
            WHEN 'd' THEN 'DOMAIN'
            WHEN 'c' THEN 'COMPOSITE'
            WHEN 'r' THEN 'RANGE'
            ELSE 'BASE'
        END),
        ('owner', pg_get_userbyid(y.typowner)::text),
        ('comment', obj_description(y.oid, 'pg_type'))
    ) AS f (property, value)

    UNION ALL
    SELECT w.kind, '', w.relname, f.property, f.value
    FROM whole AS w
    LEFT JOIN pg_rewrite AS q ON q.ev_class = w.oid AND q.rulename = '_RETURN'
    LEFT JOIN used AS u ON u.class = 'pg_rewrite'::regclass AND u.object = q.oid
    CROSS JOIN LATERAL (VALUES
        ('partition key', CASE w.relkind WHEN 'p' THEN pg_get_partkeydef(w.oid) END),
        -- Whether a row of this very moment has a place, where the key is an instant.
        ('partition for the present', CASE WHEN EXISTS (
            SELECT FROM leaf AS l
            JOIN pg_class AS c ON c.oid = l.oid
            JOIN pg_partitioned_table AS p ON p.partrelid = w.oid
            JOIN pg_attribute AS k ON k.attrelid = w.oid AND k.attnum = p.partattrs[0]
            CROSS JOIN LATERAL (SELECT CASE WHEN k.atttypid = 'timestamptz'::regtype THEN regexp_match(
                pg_get_expr(c.relpartbound, c.oid),
                $$^FOR VALUES FROM \((?:'([^']*)'|MINVALUE)\) TO \((?:'([^']*)'|MAXVALUE)\)$$) END) AS b (bounds)
            WHERE l.parent = w.relname AND NOT l.inhdetachpending AND b.bounds IS NOT NULL
                AND coalesce(b.bounds[1], '-infinity')::timestamptz <= now()
                AND coalesce(b.bounds[2], 'infinity')::timestamptz > now()) THEN 'STANDS' END),
        ('definition', CASE WHEN w.relkind IN ('v', 'm') THEN pg_get_viewdef(w.oid) END),
        ('uses', u.objects),
        ('columns', CASE WHEN w.relkind IN ('v', 'm') THEN (
            SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
            FROM pg_attribute AS a
            WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped) END),
        ('bytes', CASE WHEN w.relkind IN ('r', 'p') THEN (
            -- Of a table without partitions the tree is empty.
            SELECT coalesce(sum(pg_table_size(p.relid)), pg_table_size(w.oid))::bigint::text
            FROM pg_partition_tree(w.oid) AS p) END),
        ('rows', CASE WHEN w.relkind IN ('r', 'p') THEN (
            -- Who may maintain the table may say that it has any number of rows.
            SELECT sum(least(c.reltuples::float8, 1e12))::bigint::text
            FROM pg_class AS c
            WHERE c.reltuples >= 0 AND c.relkind <> 'p'
                AND (c.oid = w.oid OR c.oid IN (SELECT p.relid FROM pg_partition_tree(w.oid) AS p))) END),
        -- Their rows are the table's as well.
        ('partitions elsewhere', CASE WHEN w.relkind = 'p' THEN (
            SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid::regclass::text)
            FROM pg_partition_tree(w.oid) AS p
            JOIN pg_class AS c ON c.oid = p.relid AND c.relnamespace <> w.relnamespace) END),
        ('partitions with partitions', CASE WHEN w.relkind = 'p' THEN (
            SELECT string_agg(p.relid::text, ', ' ORDER BY p.relid::text)
            FROM pg_partition_tree(w.oid) AS p
            WHERE p.level > 0 AND NOT p.isleaf) END),
        -- Their rows are not the table's any more, and nothing else takes their place.
        ('partitions being detached', CASE WHEN w.relkind = 'p' THEN (
            SELECT string_agg(i.inhrelid::regclass::text, ', ' ORDER BY i.inhrelid::regclass::text)
            FROM pg_inherits AS i
            WHERE i.inhparent = w.oid AND i.inhdetachpending) END),
        -- Of a table outside of the schema.
        ('partition of', CASE WHEN w.relispartition THEN (
            SELECT i.inhparent::regclass::text FROM pg_inherits AS i WHERE i.inhrelid = w.oid) END),
        ('of type', CASE WHEN w.reloftype <> 0 THEN format_type(w.reloftype, NULL) END),
        ('depends on extension', (SELECT d.extensions FROM dependant AS d WHERE d.relation = w.oid)),
        ('replica identity', CASE WHEN w.oid IN (SELECT u.oid FROM unidentified AS u) THEN 'NOTHING' END),
        ('inherits', CASE WHEN w.relkind = 'r' AND NOT w.relispartition THEN (
            SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhparent::regclass::text)
            FROM pg_inherits AS i
            WHERE i.inhrelid = w.oid) END),
        ('inherited by', CASE WHEN w.relkind = 'r' THEN (
            SELECT string_agg(i.inhrelid::regclass::text, ', ' ORDER BY i.inhrelid::regclass::text)
            FROM pg_inherits AS i
            WHERE i.inhparent = w.oid) END),
        ('persistence', CASE w.relpersistence WHEN 'u' THEN 'UNLOGGED' WHEN 't' THEN 'TEMPORARY' END),
        ('owner', pg_get_userbyid(w.relowner)::text),
        ('options', (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(w.reloptions) AS o)),
        ('row security', CASE
            WHEN w.relrowsecurity AND w.relforcerowsecurity THEN 'FORCED'
            WHEN w.relrowsecurity THEN 'ENABLED'
        END),
        ('state', CASE WHEN w.relkind = 'm' AND NOT w.relispopulated THEN 'NOT POPULATED' END),
        ('disabled triggers', (
            SELECT string_agg(format('%I (%I)', g.tgname, k.conname), ', ' ORDER BY k.conname, g.tgname)
            FROM system_trigger AS g
            JOIN pg_constraint AS k ON k.oid = g.tgconstraint
            WHERE g.tgrelid = w.oid)),
        ('comment', obj_description(w.oid, 'pg_class'))
    ) AS f (property, value)

    UNION ALL
    SELECT 'partition', l.parent, l.relname, f.property, f.value
    FROM leaf AS l
    CROSS JOIN LATERAL (VALUES
        ('owner', pg_get_userbyid(l.relowner)::text),
        ('persistence', CASE l.relpersistence WHEN 'u' THEN 'UNLOGGED' END),
        ('options', (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(l.reloptions) AS o)),
        ('row security', CASE
            WHEN l.relrowsecurity AND l.relforcerowsecurity THEN 'FORCED'
            WHEN l.relrowsecurity THEN 'ENABLED'
        END),
        ('depends on extension', (SELECT d.extensions FROM dependant AS d WHERE d.relation = l.oid)),
        ('replica identity', CASE WHEN l.oid IN (SELECT u.oid FROM unidentified AS u) THEN 'NOTHING' END),
        ('disabled triggers', (
            SELECT string_agg(format('%I (%I)', g.tgname, k.conname), ', ' ORDER BY k.conname, g.tgname)
            FROM system_trigger AS g
            JOIN pg_constraint AS k ON k.oid = g.tgconstraint
            WHERE g.tgrelid = l.oid)),
        ('bounds', (SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_class AS c WHERE c.oid = l.oid))
    ) AS f (property, value)

    UNION ALL
    SELECT 'column', a.relname, a.attname, f.property, f.value
    FROM attribute AS a
    LEFT JOIN used AS u ON u.class = 'pg_attrdef'::regclass AND u.object = a.default_oid
    -- From 18 on a column may be NOT NULL while rows stand that are.
    LEFT JOIN LATERAL (
        SELECT k.conname::text AS name
        FROM pg_constraint AS k
        WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated
    ) AS n ON true
    CROSS JOIN LATERAL (VALUES
        ('type', CASE WHEN a.relkind IN ('r', 'p', 'f') THEN format_type(a.atttypid, a.atttypmod) END),
        ('null', CASE WHEN a.attnotnull THEN concat_ws(' ', 'NOT NULL', CASE WHEN n.name IS NOT NULL THEN 'NOT VALID' END) END),
        ('not null constraint', n.name),
        ('default', CASE a.attgenerated WHEN '' THEN pg_get_expr(a.adbin, a.attrelid) END),
        ('generated', CASE
            WHEN a.attgenerated <> '' THEN format('ALWAYS AS (%s)%s', pg_get_expr(a.adbin, a.attrelid),
                CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END)
            WHEN a.attidentity = 'a' THEN 'ALWAYS AS IDENTITY'
            WHEN a.attidentity = 'd' THEN 'BY DEFAULT AS IDENTITY'
        END),
        ('uses', u.objects),
        ('runs a text', (
            SELECT x.functions FROM text_run AS x WHERE x.class = 'pg_attrdef'::regclass AND x.object = a.default_oid)),
        ('position', a.attnum::text),
        ('collation', (
            SELECT format('%I.%I', n.nspname, l.collname)
            FROM pg_collation AS l
            JOIN pg_namespace AS n ON n.oid = l.collnamespace
            JOIN pg_type AS y ON y.oid = a.atttypid
            WHERE l.oid = a.attcollation AND a.attcollation <> y.typcollation AND a.relkind IN ('r', 'p', 'f'))),
        ('storage', (
            SELECT CASE a.attstorage
                WHEN 'p' THEN 'PLAIN' WHEN 'm' THEN 'MAIN' WHEN 'e' THEN 'EXTERNAL' ELSE 'EXTENDED'
            END
            FROM pg_type AS y
            WHERE y.oid = a.atttypid AND y.typstorage <> a.attstorage AND a.relkind IN ('r', 'p'))),
        ('comment', col_description(a.attrelid, a.attnum))
    ) AS f (property, value)

    UNION ALL
    -- Of a partition, what its own columns say otherwise than its parent's.
    SELECT 'column', l.relname, format('%I %s', a.attname, o.difference), 'definition', o.difference
    FROM leaf AS l
    JOIN pg_attribute AS a ON a.attrelid = l.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_attribute AS p ON p.attrelid = l.parent_oid AND p.attname = a.attname
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_attrdef AS e ON e.adrelid = p.attrelid AND e.adnum = p.attnum
    LEFT JOIN used AS u ON u.class = 'pg_attrdef'::regclass AND u.object = d.oid
    LEFT JOIN used AS v ON v.class = 'pg_attrdef'::regclass AND v.object = e.oid
    CROSS JOIN LATERAL (VALUES (pg_get_expr(d.adbin, d.adrelid), pg_get_expr(e.adbin, e.adrelid))) AS x (own, expected)
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN x.own IS NULL THEN 'without its DEFAULT'
            WHEN a.attgenerated <> '' THEN format('GENERATED ALWAYS AS (%s)', x.own)
            ELSE format('DEFAULT %s', x.own)
        END
        WHERE (x.own, u.objects) IS DISTINCT FROM (x.expected, v.objects)
        UNION ALL
        SELECT 'NOT NULL' WHERE a.attnotnull AND NOT p.attnotnull
    ) AS o (difference)

    UNION ALL
    SELECT 'constraint', w.relname, k.conname, f.property, f.value
    FROM whole AS w
    JOIN pg_constraint AS k ON k.conrelid = w.oid
    LEFT JOIN used AS u ON u.class = 'pg_constraint'::regclass AND u.object = k.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_constraintdef(k.oid)),
        ('uses', u.objects),
        ('state', CASE WHEN EXISTS (
            SELECT FROM pg_index AS x WHERE x.indexrelid = k.conindid AND k.contype IN ('p', 'u') AND NOT x.indisvalid)
            THEN 'INVALID' END),
        ('partitions', (
            SELECT string_agg(quote_ident(l.relname), ', ' ORDER BY l.relname)
            FROM pg_inherits AS h
            JOIN pg_index AS x ON x.indexrelid = h.inhrelid
            JOIN pg_class AS l ON l.oid = x.indrelid
            WHERE k.contype IN ('p', 'u') AND h.inhparent = k.conindid)),
        ('runs a text', (
            SELECT x.functions FROM text_run AS x WHERE x.class = 'pg_constraint'::regclass AND x.object = k.oid)),
        ('comment', obj_description(k.oid, 'pg_constraint'))
    ) AS f (property, value)
    -- NOT NULL is told with its column (18 keeps it here), a constraint trigger as a trigger.
    WHERE k.contype IN ('c', 'u', 'p', 'x', 'f')
        -- A foreign key to a partitioned table has one for each of its partitions.
        AND k.conparentid = 0

    UNION ALL
    -- Of a partition, those that come from no parent. What has an index is attached with it. A CHECK that was there is
    -- taken for the parent's where both are written alike.
    SELECT 'constraint', l.relname, k.conname, 'definition', pg_get_constraintdef(k.oid)
    FROM leaf AS l
    JOIN pg_constraint AS k ON k.conrelid = l.oid
    LEFT JOIN used AS u ON u.class = 'pg_constraint'::regclass AND u.object = k.oid
    WHERE CASE
        WHEN k.contype IN ('c', 'f') AND k.coninhcount = 0 THEN k.conparentid = 0
        WHEN k.contype = 'c' THEN NOT EXISTS (
            SELECT
            FROM pg_constraint AS o
            LEFT JOIN used AS v ON v.class = 'pg_constraint'::regclass AND v.object = o.oid
            WHERE o.conrelid = l.parent_oid AND o.conname = k.conname AND o.contype = 'c'
                AND v.objects IS NOT DISTINCT FROM u.objects)
        WHEN k.contype IN ('u', 'p', 'x') THEN NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = k.conindid)
    END

    UNION ALL
    -- Those of tables outside of the schema keep rows of its own from being deleted, or are changed with these.
    SELECT 'foreign key', r.relname, format('%I ON %s', k.conname, k.conrelid::regclass), 'definition',
        pg_get_constraintdef(k.oid)
    FROM relation AS r
    JOIN pg_constraint AS k ON k.confrelid = r.oid AND k.contype = 'f' AND k.conparentid = 0
    WHERE NOT EXISTS (SELECT FROM relation AS o WHERE o.oid = k.conrelid)

    UNION ALL
    -- What carries its rows elsewhere, past its policies.
    SELECT 'publication', p.relname, b.pubname, 'definition', p.definition
    FROM pg_publication AS b
    CROSS JOIN LATERAL (
        SELECT '', 'FOR ALL TABLES' FROM target WHERE b.puballtables
        UNION ALL
        SELECT '', 'FOR TABLES IN SCHEMA'
        FROM pg_publication_namespace AS n
        JOIN target AS t ON t.oid = n.pnnspid
        WHERE n.pnpubid = b.oid
        UNION ALL
        SELECT r.relname::text, 'FOR TABLE'
        FROM pg_publication_rel AS l
        JOIN relation AS r ON r.oid = l.prrelid
        WHERE l.prpubid = b.oid
    ) AS p (relname, definition)

    UNION ALL
    SELECT 'index', i.relname, i.name, f.property, f.value
    FROM index AS i
    LEFT JOIN used AS u ON u.class = 'pg_class'::regclass AND u.object = i.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', i.definition),
        ('uses', u.objects),
        ('options', i.options),
        ('lists', i.lists),
        ('partitions', (
            SELECT string_agg(quote_ident(l.relname), ', ' ORDER BY l.relname)
            FROM pg_inherits AS h
            JOIN pg_index AS x ON x.indexrelid = h.inhrelid
            JOIN pg_class AS l ON l.oid = x.indrelid
            WHERE h.inhparent = i.oid)),
        ('state', CASE WHEN NOT i.indisvalid THEN 'INVALID' END),
        ('runs a text', (
            SELECT x.functions FROM text_run AS x WHERE x.class = 'pg_class'::regclass AND x.object = i.oid)),
        ('comment', obj_description(i.oid, 'pg_class')),
        -- Whose operators it needs: an index that is there only where the extension is.
        ('extension', (
            SELECT string_agg(DISTINCT m.extname, ', ')
            FROM pg_depend AS d
            JOIN member AS m ON m.classid = d.refclassid AND m.objid = d.refobjid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = i.oid))
    ) AS f (property, value)

    UNION ALL
    -- What partitions have of it beside the copies of their parent's.
    SELECT x.kind, l.relname, x.name, 'runs a text', x.functions
    FROM leaf AS l
    CROSS JOIN LATERAL (
        SELECT 'constraint', k.conname, x.functions
        FROM pg_constraint AS k
        JOIN text_run AS x ON x.class = 'pg_constraint'::regclass AND x.object = k.oid
        WHERE k.conrelid = l.oid AND k.coninhcount = 0
        UNION ALL
        SELECT 'column', a.attname, x.functions
        FROM pg_attrdef AS d
        JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        JOIN text_run AS x ON x.class = 'pg_attrdef'::regclass AND x.object = d.oid
        WHERE d.adrelid = l.oid
        UNION ALL
        SELECT 'index', c.relname, x.functions
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid
        JOIN text_run AS x ON x.class = 'pg_class'::regclass AND x.object = i.indexrelid
        WHERE i.indrelid = l.oid AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
        UNION ALL
        SELECT 'trigger', g.tgname, x.functions
        FROM pg_trigger AS g
        JOIN text_run AS x ON x.class = 'pg_trigger'::regclass AND x.object = g.oid
        WHERE g.tgrelid = l.oid AND g.tgparentid = 0
    ) AS x (kind, name, functions)

    UNION ALL
    -- Of a partition, those that are part of none of its parent's.
    SELECT 'index', l.relname, c.relname, 'definition', pg_get_indexdef(i.indexrelid)
    FROM leaf AS l
    JOIN pg_index AS i ON i.indrelid = l.oid
    JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
        AND NOT EXISTS (
            SELECT FROM pg_constraint AS k
            WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))

    UNION ALL
    SELECT 'trigger', w.relname, g.tgname, f.property, f.value
    FROM whole AS w
    JOIN pg_trigger AS g ON g.tgrelid = w.oid AND NOT g.tgisinternal AND g.tgparentid = 0
    LEFT JOIN used AS u ON u.class = 'pg_trigger'::regclass AND u.object = g.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_triggerdef(g.oid)),
        ('uses', u.objects),
        ('state', CASE g.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' END),
        ('calls', (SELECT r.name FROM routine AS r WHERE r.oid = g.tgfoid)),
        -- The function of the schema that does the same, told by the text of this one without comments.
        ('work', (
            SELECT CASE
                WHEN s.text ~ '^ ?begin new\.updated_at ?:?= ?(now\(\)|current_timestamp|clock_timestamp\(\)|statement_timestamp\(\)|transaction_timestamp\(\))( at time zone ''utc'')? ?; ?return new ?; ?end ?;? ?$'
                    THEN 'update_updated_at_column()'
                WHEN s.text ~ 'insert into ("?\w+"?\.)?"?audit_log\M' THEN 'audit_row_change()'
            END
            FROM pg_proc AS p
            JOIN pg_language AS y ON y.oid = p.prolang AND y.lanname = 'plpgsql'
            CROSS JOIN LATERAL (
                SELECT lower(regexp_replace(regexp_replace(p.prosrc, '--[^\n]*|/\*.*?\*/', ' ', 'g'), '\s+', ' ', 'g'))
            ) AS s (text)
            WHERE p.oid = g.tgfoid)),
        ('runs a text', (
            SELECT x.functions FROM text_run AS x WHERE x.class = 'pg_trigger'::regclass AND x.object = g.oid)),
        ('comment', obj_description(g.oid, 'pg_trigger'))
    ) AS f (property, value)

    UNION ALL
    -- Of a partition's own.
    SELECT 'trigger', l.relname, g.tgname, f.property, f.value
    FROM leaf AS l
    JOIN pg_trigger AS g ON g.tgrelid = l.oid AND NOT g.tgisinternal AND g.tgparentid = 0
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_triggerdef(g.oid)),
        ('calls', (SELECT r.name FROM routine AS r WHERE r.oid = g.tgfoid))
    ) AS f (property, value)

    UNION ALL
    -- A trigger of the parent that does not fire for this partition.
    SELECT 'trigger', l.relname, g.tgname, 'state',
        CASE g.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' END
    FROM leaf AS l
    JOIN pg_trigger AS g ON g.tgrelid = l.oid AND NOT g.tgisinternal
    JOIN pg_trigger AS p ON p.oid = g.tgparentid AND p.tgenabled <> g.tgenabled

    UNION ALL
    -- In one line: to be told, not to be compared.
    SELECT 'rule', r.relname, w.rulename, 'definition',
        rtrim(regexp_replace(pg_get_ruledef(w.oid), '\s+', ' ', 'g'), ';')
    FROM relation AS r
    JOIN pg_rewrite AS w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'

    UNION ALL
    -- What an administrator may have set where the schema sets nothing.
    SELECT 'option', r.relname, o.name, 'definition', o.name
    FROM relation AS r
    CROSS JOIN LATERAL (
        SELECT 'REPLICA IDENTITY FULL' WHERE r.relkind IN ('r', 'p') AND r.relreplident = 'f'
        UNION ALL
        SELECT format('REPLICA IDENTITY USING INDEX %I', c.relname)
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE i.indrelid = r.oid AND i.indisreplident AND r.relreplident = 'i'
        UNION ALL
        SELECT 'toast.' || p.option
        FROM pg_class AS t
        CROSS JOIN LATERAL unnest(t.reloptions) AS p (option)
        WHERE t.oid = r.reltoastrelid
        UNION ALL
        SELECT format('%s of column %I', p.option, a.attname)
        FROM pg_attribute AS a
        CROSS JOIN LATERAL unnest(a.attoptions) AS p (option)
        -- Some builds keep there what they need themselves.
        WHERE a.attrelid = r.oid AND NOT a.attisdropped AND p.option LIKE 'n\_distinct%'
        UNION ALL
        SELECT format('STATISTICS %s of column %I', a.attstattarget, a.attname)
        FROM pg_attribute AS a
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget >= 0
    ) AS o (name)

    UNION ALL
    SELECT o.kind, '', o.name, 'owner', pg_get_userbyid(o.owner)::text
    FROM target AS t
    JOIN (
        SELECT 'collation', 'pg_collation'::regclass, oid, collnamespace, collowner, collname FROM pg_collation
        UNION ALL
        SELECT 'conversion', 'pg_conversion'::regclass, oid, connamespace, conowner, conname FROM pg_conversion
        UNION ALL
        SELECT 'text search configuration', 'pg_ts_config'::regclass, oid, cfgnamespace, cfgowner, cfgname FROM pg_ts_config
        UNION ALL
        SELECT 'text search dictionary', 'pg_ts_dict'::regclass, oid, dictnamespace, dictowner, dictname FROM pg_ts_dict
    ) AS o (kind, class, oid, namespace, owner, name) ON o.namespace = t.oid
    WHERE NOT EXISTS (SELECT FROM brought AS b WHERE b.classid = o.class AND b.objid = o.oid)

    UNION ALL
    SELECT 'policy', w.relname, y.polname, f.property, f.value
    FROM relation AS w
    JOIN pg_policy AS y ON y.polrelid = w.oid
    LEFT JOIN used AS u ON u.class = 'pg_policy'::regclass AND u.object = y.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', concat_ws(' ',
            CASE WHEN y.polpermissive THEN 'AS PERMISSIVE' ELSE 'AS RESTRICTIVE' END,
            'FOR ' || CASE y.polcmd
                WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL'
            END,
            'TO ' || (
                SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(o)) END, ', ')
                FROM unnest(y.polroles) AS o),
            'USING (' || pg_get_expr(y.polqual, y.polrelid) || ')',
            'WITH CHECK (' || pg_get_expr(y.polwithcheck, y.polrelid) || ')')),
        ('uses', u.objects),
        ('applies to', CASE WHEN 0 = ANY (y.polroles) THEN 'PUBLIC' ELSE (
            -- Also those that work with the schema as members of these, or will when a repair takes relations from them.
            SELECT string_agg(quote_ident(m.rolname), ', ' ORDER BY m.rolname)
            FROM pg_roles AS m
            WHERE (m.rolname = ANY ($2::text[])
                    OR NOT m.rolsuper AND (
                        m.oid IN (SELECT o.relowner FROM relation AS o)
                        OR EXISTS (
                            SELECT FROM pg_roles AS s
                            WHERE s.rolname = ANY ($2::text[]) AND pg_has_role(m.oid, s.oid, 'MEMBER'))))
                AND EXISTS (
                    SELECT FROM unnest(y.polroles) AS o
                    WHERE o = m.oid OR NOT m.rolsuper AND pg_has_role(m.oid, o, 'MEMBER'))) END),
        ('runs a text', (
            SELECT x.functions FROM text_run AS x WHERE x.class = 'pg_policy'::regclass AND x.object = y.oid)),
        ('comment', obj_description(y.oid, 'pg_policy'))
    ) AS f (property, value)

    UNION ALL
    -- Wherever they stand. ANALYZE computes their expressions as the owner of the table.
    SELECT 'statistics', w.relname, format('%I.%I', n.nspname, s.stxname), f.property, f.value
    FROM relation AS w
    JOIN pg_statistic_ext AS s ON s.stxrelid = w.oid
    JOIN pg_namespace AS n ON n.oid = s.stxnamespace
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_statisticsobjdef(s.oid)),
        ('owner', pg_get_userbyid(s.stxowner)::text),
        ('expressions', array_to_string(pg_get_statisticsobjdef_expressions(s.oid), ', '))
    ) AS f (property, value)

    UNION ALL
    SELECT r.kind, '', r.name, f.property, f.value
    FROM routine AS r
    LEFT JOIN used AS u ON u.class = 'pg_proc'::regclass AND u.object = r.oid
    CROSS JOIN LATERAL (VALUES
        ('signature', format('(%s) RETURNS %s', pg_get_function_arguments(r.oid), pg_get_function_result(r.oid))),
        ('definition', CASE WHEN r.prokind IN ('f', 'p', 'w') THEN pg_get_functiondef(r.oid) END),
        ('uses', u.objects),
        ('owner', pg_get_userbyid(r.proowner)::text),
        ('depends on extension', (
            SELECT string_agg(x.extension, ', ' ORDER BY x.extension)
            FROM tied AS x
            WHERE x.classid = 'pg_proc'::regclass AND x.objid = r.oid)),
        ('triggers elsewhere', (
            SELECT string_agg(format('%I ON %s', g.tgname, c.oid::regclass), ', ' ORDER BY c.oid::regclass::text, g.tgname)
            FROM pg_trigger AS g
            JOIN pg_class AS c ON c.oid = g.tgrelid
            WHERE g.tgfoid = r.oid AND NOT g.tgisinternal AND g.tgparentid = 0
                AND NOT EXISTS (SELECT FROM whole AS w WHERE w.oid = c.oid)
                AND NOT EXISTS (SELECT FROM leaf AS l WHERE l.oid = c.oid))),
        ('comment', obj_description(r.oid, 'pg_proc'))
    ) AS f (property, value)

    UNION ALL
    -- What runs without a word where values of the schema's types are converted or compared; but for what an extension has
    -- brought with its types.
    SELECT o.kind, '', o.name, 'definition', o.definition
    FROM (
        SELECT 'cast', 'pg_cast'::regclass, c.oid,
            format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
            concat_ws(' ', CASE c.castmethod
                    WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure
                    WHEN 'i' THEN 'WITH INOUT'
                    ELSE 'WITHOUT FUNCTION'
                END,
                CASE c.castcontext WHEN 'a' THEN 'AS ASSIGNMENT' WHEN 'i' THEN 'AS IMPLICIT' END)
        FROM pg_cast AS c
        WHERE EXISTS (
                SELECT
                FROM pg_type AS y
                JOIN target AS t ON t.oid = y.typnamespace
                WHERE y.oid IN (c.castsource, c.casttarget))
            -- A range has one to its multirange.
            AND NOT EXISTS (
                SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')
        UNION ALL
        SELECT 'operator', 'pg_operator'::regclass, o.oid, o.oid::regoperator::text, 'FUNCTION ' || o.oprcode::regprocedure
        FROM pg_operator AS o
        JOIN target AS t ON t.oid = o.oprnamespace
        UNION ALL
        SELECT 'operator class', 'pg_opclass'::regclass, c.oid, format('%I.%I USING %I', t.nspname, c.opcname, a.amname),
            concat_ws(' ', CASE WHEN c.opcdefault THEN 'DEFAULT' END, 'FOR TYPE', format_type(c.opcintype, NULL))
        FROM pg_opclass AS c
        JOIN target AS t ON t.oid = c.opcnamespace
        JOIN pg_am AS a ON a.oid = c.opcmethod
        UNION ALL
        -- Those of a class that was dropped stay.
        SELECT 'operator family', 'pg_opfamily'::regclass, f.oid, format('%I.%I USING %I', t.nspname, f.opfname, a.amname), ''
        FROM pg_opfamily AS f
        JOIN target AS t ON t.oid = f.opfnamespace
        JOIN pg_am AS a ON a.oid = f.opfmethod
        WHERE NOT EXISTS (SELECT FROM pg_opclass AS c WHERE c.opcfamily = f.oid AND c.opcnamespace = t.oid)
    ) AS o (kind, class, oid, name, definition)
    WHERE NOT EXISTS (SELECT FROM brought AS b WHERE b.classid = o.class AND b.objid = o.oid)

    UNION ALL
    SELECT o.kind, o.relation, o.name, 'member of extension', quote_ident(m.extname)
    FROM (
        SELECT 'pg_namespace'::regclass, t.oid, 'schema', '', t.nspname::text FROM target AS t
        UNION ALL
        SELECT 'pg_class'::regclass, w.oid, w.kind, '', w.relname FROM whole AS w
        UNION ALL
        SELECT 'pg_class'::regclass, l.oid, 'partition', l.parent, l.relname FROM leaf AS l
        UNION ALL
        SELECT 'pg_proc'::regclass, r.oid, r.kind, '', r.name FROM routine AS r
        UNION ALL
        SELECT 'pg_type'::regclass, y.oid, 'type', '', y.typname FROM type AS y
    ) AS o (class, oid, kind, relation, name)
    JOIN member AS m ON m.classid = o.class AND m.objid = o.oid

    UNION ALL
    SELECT g.kind, g.relation, g.name, 'grants to ' || g.role, g.privileges
    FROM grants AS g
    -- Whose everything should be has none that it will not have as its owner.
    WHERE (g.grantee = 0 OR g.role = ANY ($2::text[])) AND g.role IS DISTINCT FROM $3::text

    UNION ALL
    SELECT l.kind, l.relation, l.name, 'privileges that the owner lacks', l.privileges FROM lacking AS l

    UNION ALL
    -- What others get on whatever the schema's own role makes.
    SELECT 'grant', '', format('to %s on %s that %I makes', n.grantee, CASE d.defaclobjtype
            WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'tables'
        END, o.rolname), 'default privileges', string_agg(DISTINCT g.privilege_type, ', ')
    FROM target AS t
    JOIN pg_roles AS o ON o.rolname = $3::text
    JOIN pg_default_acl AS d ON d.defaclrole = o.oid AND d.defaclnamespace IN (0, t.oid)
    CROSS JOIN LATERAL aclexplode(d.defaclacl) AS g
    CROSS JOIN LATERAL (VALUES (
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)) AS n (grantee)
    WHERE g.grantee <> o.oid
        -- What everybody has anyway, by the server's own default.
        AND NOT EXISTS (
            SELECT
            FROM aclexplode(acldefault(
                CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", o.oid)) AS e
            WHERE e.grantee = g.grantee AND e.privilege_type = g.privilege_type)
    GROUP BY n.grantee, d.defaclobjtype, o.rolname

    UNION ALL
    -- Who may drop what the schema uses, and with it all columns of its types, with CASCADE.
    SELECT 'grant', '', format('to %I as the owner of %s', r.rolname, o.what), 'definition', 'DROP'
    FROM target AS t
    CROSS JOIN pg_extension AS e
    JOIN pg_namespace AS n ON n.oid = e.extnamespace
    CROSS JOIN LATERAL (VALUES
        (e.extowner, format('extension %I', e.extname)),
        (n.nspowner, format('schema %I, in which extension %I lives', n.nspname, e.extname))) AS o (owner, what)
    -- This role is whoever owns the database.
    JOIN pg_database AS d ON d.datname = current_database()
    JOIN pg_roles AS r
        ON r.oid = CASE WHEN pg_get_userbyid(o.owner) = 'pg_database_owner' THEN d.datdba ELSE o.owner END
    WHERE $3::text IS NOT NULL AND NOT r.rolsuper AND r.rolname NOT IN ($3::text, current_user)
        AND (e.extname IN ('vector', 'pg_trgm') OR e.extname IN (
            SELECT m.extname
            FROM (
                SELECT 'pg_class'::regclass, w.oid FROM relation AS w
                UNION ALL
                SELECT p.class, p.object FROM part AS p
            ) AS p (class, object)
            JOIN pg_depend AS d ON d.classid = p.class AND d.objid = p.object
            JOIN member AS m ON m.classid = d.refclassid AND m.objid = d.refobjid))

    UNION ALL
    -- What opens the schema from outside: a parameter that switches off its triggers and the like; what runs, or is read,
    -- as its owner; a tenant for whoever names none; triggers and foreign keys that do not fire for whoever writes, and
    -- row-level security that is an error.
    SELECT 'grant', '', format('to %s on parameter %s', n.grantee, a.parname), 'definition',
        string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type)
    FROM target AS t
    CROSS JOIN pg_parameter_acl AS a
    CROSS JOIN LATERAL aclexplode(a.paracl) AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee
    CROSS JOIN LATERAL (VALUES (CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END)) AS n (grantee)
    -- A repair asks for that one, and it opens nothing.
    WHERE $3::text IS NOT NULL AND a.parname <> 'deadlock_timeout'
        AND (g.grantee = 0 OR r.rolname = ANY ($2::text[]) OR EXISTS (
            SELECT FROM pg_roles AS s WHERE s.rolname = ANY ($2::text[]) AND pg_has_role(s.oid, r.oid, 'MEMBER')))
    GROUP BY n.grantee, a.parname

    UNION ALL
    SELECT 'grant', '', format('to %s on %s, %s %s',
            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, o.what, o.manner, o.owner),
        'definition', string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type)
    FROM target AS t
    CROSS JOIN LATERAL (
        SELECT pg_describe_object('pg_proc'::regclass, f.oid, 0), 'which runs as', r.rolname,
            coalesce(f.proacl, acldefault('f', f.proowner)), f.proowner
        FROM pg_proc AS f
        JOIN pg_roles AS r ON r.oid = f.proowner AND r.rolname = $3::text
        WHERE f.prosecdef AND f.pronamespace <> t.oid
        UNION ALL
        SELECT pg_describe_object('pg_class'::regclass, c.oid, 0), 'which reads as', r.rolname,
            coalesce(c.relacl, acldefault('r', c.relowner)), c.relowner
        FROM pg_class AS c
        JOIN pg_roles AS r ON r.oid = c.relowner AND r.rolname = $3::text
        WHERE c.relkind IN ('v', 'm') AND c.relnamespace <> t.oid
    ) AS o (what, manner, owner, acl, owner_oid)
    CROSS JOIN LATERAL aclexplode(o.acl) AS g
    WHERE g.grantee <> o.owner_oid
    GROUP BY g.grantee, o.what, o.manner, o.owner

    UNION ALL
    SELECT 'grant', '', format('to %s by setting %s', CASE s.setrole WHEN 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(s.setrole)) END, split_part(c.setting, '=', 1)), 'definition',
        string_agg(substr(c.setting, strpos(c.setting, '=') + 1), ', ')
    FROM target AS t
    CROSS JOIN pg_db_role_setting AS s
    CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
    WHERE $3::text IS NOT NULL
        AND (c.setting LIKE 'app.%'
            -- Of the others those alone that work with the schema.
            OR CASE split_part(c.setting, '=', 1)
                WHEN 'session_replication_role' THEN lower(split_part(c.setting, '=', 2)) = 'replica'
                WHEN 'row_security' THEN NOT split_part(c.setting, '=', 2)::boolean
                ELSE false
            END AND (s.setrole = 0 OR EXISTS (
                SELECT
                FROM pg_roles AS r
                JOIN pg_roles AS o ON o.oid = s.setrole AND NOT o.rolsuper
                WHERE r.rolname = ANY ($2::text[]) AND pg_has_role(o.oid, r.oid, 'MEMBER'))))
        AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
    GROUP BY s.setrole, split_part(c.setting, '=', 1)

    UNION ALL
    SELECT 'grant', '', format('to %I on %s %s', g.role, g.kind, CASE
            -- With the types of its arguments.
            WHEN g.kind IN ('function', 'procedure', 'aggregate') THEN g.name
            ELSE concat_ws('.', quote_ident(nullif(g.relation, '')), quote_ident(g.name)) END),
        'definition', g.privileges
    FROM grants AS g
    WHERE g.grantee <> 0 AND g.role <> ALL ($2::text[])
)
SELECT f.kind, f.relation, f.name, f.property, f.value
FROM fact AS f
WHERE f.value IS NOT NULL
ORDER BY f.kind COLLATE "C", f.relation COLLATE "C", f.name COLLATE "C", f.property COLLATE "C"
