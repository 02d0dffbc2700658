-- Part of the queries on foreign code: functions of the server's or a superuser's in the expression c.tree (a pg_node_tree)
-- that run a text, or code of a type or a table that they find by themselves. Whose the expression is, the text is; and
-- pg_depend has no rows for what the server itself needs.
--
-- Of the server's own, what is told which table, type or function to open counts, unless it is certain that it runs nothing
-- of that: what takes an oid, or one with another name (regclass), what reads values from their text (cstring) or is made
-- for the server alone (internal). satisfies_hash_partition computes the partition key of any table, and so does
-- pg_get_partition_constraintdef; record_in, array_in and their like read a value of any type, which runs the CHECKs of a
-- domain; fmgr_sql_validator parses any function. A number in a text leaves no row in pg_depend. Configurations and
-- dictionaries of text search (to_tsvector) lead to nothing but what superusers make; what takes a value of any type
-- (array_append, record_eq) is told the type by the expression, for which pg_depend has a row. Of volatile functions, which
-- may do anything, all count but a few; of others by name those that find a table or a type in a text.
--
-- Of a superuser's, as those of extensions are (crosstab, dblink), each that takes a text and is not immutable. Operators of
-- the server's own run no such function, but those by which a value of any type is a part of a text. Whoever makes an operator
-- or an aggregate may take one of the server's functions for it, and need not be its owner any more.
--
-- Those that only look for a cast of a type run code of whoever owns the type. pg_depend does not know what JSON_VALUE
-- returns.
SELECT p.oid, p.oid < 16384 AND p.proname ~ named.casting AND c.tree !~ ':typid \d{5}' AS only_casts
FROM pg_proc AS p
CROSS JOIN (
    VALUES (
        '^(to_jsonb?|(row|array)_to_json|jsonb?_build_(array|object)|jsonb?_(object_)?agg(_unique)?(_strict)?)$'
            || '|^(textanycat|anytextcat|quote_literal|quote_nullable)$',
        -- Numbers of sequences, chance, the clock.
        '^(nextval|currval|lastval|clock_timestamp|timeofday|random|random_normal|gen_random_uuid|uuidv4|uuidv7'
            -- Privileges and names, of which they read the catalogs.
            || '|has_[a-z_]+_privilege|pg_has_role|row_security_active|pg_get_userbyid|format_type'
            || '|(obj|col|shobj)_description|pg_[a-z_]+_is_visible'
            -- Numbers, which they compare.
            || '|oid(eq|ne|lt|le|gt|ge|larger|smaller)|min|max|int8)$'
    )
) AS named (casting, harmless)
-- Most have nothing of this; and the planner expects few that have then, and compiles nothing.
WHERE (
        c.tree LIKE ANY (ARRAY['%:funcid %', '%:aggfnoid %', '%:winfnoid %', '%:opfuncid 200%', '%{JSON%'])
        OR c.tree ~ ':opno \d{5}'
    )
    AND p.oid = ANY (
        ARRAY (
            SELECT
                coalesce(
                    substring(piece.text FROM '^(?:func|aggfno|winfno|opfunc)id (\d+)'),
                    -- JSON_OBJECT, JSON_VALUE and their like, which have no function of their own.
                    CASE WHEN piece.text ~ '\{JSON(CONSTRUCTOR)?EXPR$' THEN '3176' END
                )::oid
            FROM string_to_table(c.tree, ' :') AS piece (text)
            UNION ALL
            SELECT part.oid
            FROM pg_aggregate AS g
            CROSS JOIN LATERAL unnest(ARRAY[
                g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn
            ]::oid[]) AS part (oid)
            WHERE c.tree ~ ':(aggfn|winfn)oid \d{5}' AND g.aggfnoid >= 16384 AND g.aggfnoid = ANY (
                ARRAY (
                    SELECT substring(piece.text FROM '^(?:aggfno|winfno)id (\d+)')::oid
                    FROM string_to_table(c.tree, ' :') AS piece (text)
                )
            )
        )
    )
    AND CASE
        WHEN p.oid >= 16384 THEN
            p.provolatile <> 'i'
            AND p.proargtypes::oid[] && ARRAY['text'::regtype, 'varchar'::regtype, 'cstring'::regtype]::oid[]
            AND p.proowner IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
        ELSE
            p.proname !~ named.harmless AND (
                p.provolatile = 'v'
                -- Looked up once: for each function it would be all types by their names.
                OR p.proargtypes::oid[] && ARRAY (
                    SELECT t.oid
                    FROM pg_type AS t
                    WHERE t.typname ~ '^(oid|cstring|internal|reg.*)$' AND t.typname NOT IN ('regconfig', 'regdictionary')
                )
            )
            OR p.proname ~ '^(schema|database)_to_xml'
            OR p.proname IN ('pg_input_is_valid', 'pg_input_error_info')
            -- A type of somebody's may have a cast to json, or to text; what is a text already needs none.
            OR p.proname ~ named.casting AND p.proargtypes <> '25'::oidvector AND c.tree ~* 'typ(e|id|eid) \d{5}'
    END
