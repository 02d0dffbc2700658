-- Part of the queries on foreign code: functions of the server's or a superuser's in the expression c.tree (a pg_node_tree)
-- that run a text, or code of a type or a table that they find by themselves. Whose the expression is, the text is; and
-- pg_depend has no rows for what the server itself needs.
--
-- Of volatile functions all but those that certainly do no such thing, of others those that are known to. Of a superuser's,
-- as those of extensions are (crosstab, dblink), each that takes a text and is not immutable. Indexes, generated columns
-- and partition keys have no tree here: they take immutable functions only, of which none does. Nor does an operator of the
-- server's own, but for those by which a value of any type is a part of a text; of others code_owners.sql takes care.
--
-- Those that only look for a cast of a type run code of whoever owns the type. pg_depend does not know what JSON_VALUE
-- returns.
SELECT p.oid, p.oid < 16384 AND p.proname ~ named.casting AND c.tree !~ ':typid \d{5}' AS only_casts
FROM pg_proc AS p
CROSS JOIN (
    VALUES (
        '^(to_jsonb?|(row|array)_to_json|jsonb?_build_(array|object)|jsonb?_(object_)?agg(_unique)?(_strict)?)$'
            || '|^(textanycat|anytextcat|quote_literal|quote_nullable)$'
    )
) AS named (casting)
-- Most have nothing of this; and the planner expects few that have then, and compiles nothing.
WHERE c.tree LIKE ANY (ARRAY['%:funcid %', '%:aggfnoid %', '%:winfnoid %', '%:opfuncid 200%', '%{JSON%'])
    AND p.oid = ANY (
        ARRAY (
            SELECT
                coalesce(
                    substring(piece.text FROM '^(?:func|aggfno|winfno|opfunc)id (\d+)'),
                    -- JSON_OBJECT, JSON_VALUE and their like, which have no function of their own.
                    CASE WHEN piece.text ~ '\{JSON(CONSTRUCTOR)?EXPR$' THEN '3176' END
                )::oid
            FROM string_to_table(c.tree, ' :') AS piece (text)
        )
    )
    AND CASE
        WHEN p.oid >= 16384 THEN
            p.provolatile <> 'i'
            AND p.proargtypes::oid[] && ARRAY['text'::regtype, 'varchar'::regtype, 'cstring'::regtype]::oid[]
            AND p.proowner IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper)
        ELSE
            p.provolatile = 'v' AND p.proname NOT IN (
                -- nextval and currval as every serial column has them: a number of a sequence is all that they take.
                'nextval', 'currval', 'lastval', 'clock_timestamp', 'timeofday', 'random', 'random_normal',
                'gen_random_uuid', 'uuidv4', 'uuidv7'
            )
            OR p.proname ~ '^(table|schema|database)_to_xml'
            OR p.proname IN ('pg_input_is_valid', 'pg_input_error_info')
            -- A type of somebody's may have a cast to json, or to text; what is a text already needs none.
            OR p.proname ~ named.casting AND p.proargtypes <> '25'::oidvector AND c.tree ~* 'typ(e|id|eid) \d{5}'
    END
