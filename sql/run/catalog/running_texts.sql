-- Part of the queries on foreign code: functions of the server's or a superuser's in the expression c.tree (a pg_node_tree) that run a
-- text, or code of a type or a table that they find by themselves. Whose the expression is, the text is; and pg_depend has
-- no rows for what the server itself needs.
--
-- Of volatile functions all but those that certainly do no such thing, of others those that are known to. Of a superuser's,
-- as those of extensions are (crosstab, dblink), each that takes a text and is not immutable. Indexes, statistics, generated
-- columns and partition keys have no tree here: they take immutable functions only, of which none does. Nor does an operator
-- of the server's own; of others code_owners.sql takes care.
SELECT p.oid
FROM pg_proc AS p
WHERE p.oid = ANY (
        ARRAY (
            SELECT substring(piece.text FROM '^\d+')::oid
            FROM string_to_table(c.tree, ':funcid ') AS piece (text)
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
            -- These look for a cast to json, which a type of somebody's may have.
            OR p.proname ~ '^(to_jsonb?|(row|array)_to_json|jsonb?_build_(array|object))$' AND c.tree ~ 'type \d{5}'
    END
