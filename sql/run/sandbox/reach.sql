-- What could run code of somebody's in work on relations: the first found, as a phrase; no row where nothing can.
-- $1 schemas, $2 names, $3 whether with their partitions, threefold. $4: whether rows are read or written; attaching a
-- partition fires no trigger.
--
-- An expression is harmless if all functions and operators in it are built in, and immutable or among the few that
-- defaults are made of: set_config() and query_to_xml() are built in, too.
WITH RECURSIVE relations (oid, has_parts) AS (
    SELECT c.oid, w.has_parts
    FROM unnest($1::text[], $2::text[], $3::boolean[]) AS w (schema, name, has_parts)
    JOIN pg_namespace AS n ON n.nspname = w.schema
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name
    UNION
    SELECT h.inhrelid, true
    FROM relations AS r
    JOIN pg_inherits AS h ON h.inhparent = r.oid
    WHERE r.has_parts
),
expressions (what, relation, tree) AS (
    SELECT 'CHECK constraint ' || quote_ident(k.conname), k.conrelid, k.conbin::text
    FROM pg_constraint AS k
    WHERE k.contype = 'c'
    UNION ALL
    SELECT 'index ' || quote_ident(c.relname), i.indrelid, concat(i.indexprs::text, i.indpred::text)
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    UNION ALL
    SELECT 'default or expression of column ' || quote_ident(a.attname), d.adrelid, d.adbin::text
    FROM pg_attrdef AS d
    JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE $4::boolean
    UNION ALL
    SELECT 'policy ' || quote_ident(p.polname), p.polrelid, concat(p.polqual::text, p.polwithcheck::text)
    FROM pg_policy AS p
    WHERE $4::boolean
    UNION ALL
    SELECT 'partition key', p.partrelid, p.partexprs::text
    FROM pg_partitioned_table AS p
    UNION ALL
    SELECT 'statistics object ' || quote_ident(s.stxname), s.stxrelid, s.stxexprs::text
    FROM pg_statistic_ext AS s
),
reached (what, relation) AS (
    SELECT e.what, e.relation
    FROM expressions AS e
    WHERE e.relation IN (SELECT r.oid FROM relations AS r)
        AND (
            e.tree ~ '\{(SUBLINK|SUBPLAN|COERCETODOMAIN|QUERY) '
            OR EXISTS (
                SELECT
                FROM regexp_matches(e.tree, ':(funcid|opfuncid|aggfnoid|winfnoid) (\d+)', 'g') AS m
                LEFT JOIN pg_proc AS f ON f.oid = m[2]::oid
                WHERE m[2] <> '0' AND (f.oid >= 16384 OR f.provolatile IS DISTINCT FROM 'i')
                    AND NOT coalesce(
                        f.oid < 16384
                        AND f.proname IN (
                            'now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp', 'nextval',
                            'gen_random_uuid', 'uuidv7'
                        ),
                        false
                    )
            )
            OR EXISTS (
                SELECT
                FROM regexp_matches(e.tree, ':(opno|\w*type|\w*typeid|\w*coll\w*) (\d+)', 'g') AS m
                LEFT JOIN pg_operator AS o ON m[1] = 'opno' AND o.oid = m[2]::oid
                LEFT JOIN pg_proc AS f ON f.oid = o.oprcode
                WHERE m[2]::oid >= 16384 OR m[1] = 'opno' AND f.provolatile IS DISTINCT FROM 'i'
            )
        )
    UNION ALL
    SELECT 'trigger ' || quote_ident(t.tgname), t.tgrelid
    FROM pg_trigger AS t
    WHERE $4::boolean AND NOT t.tgisinternal AND t.tgrelid IN (SELECT r.oid FROM relations AS r)
    UNION ALL
    SELECT 'rule ' || quote_ident(w.rulename), w.ev_class
    FROM pg_rewrite AS w
    WHERE $4::boolean AND w.ev_class IN (SELECT r.oid FROM relations AS r)
    UNION ALL
    -- A domain's CHECK, the operators of a type.
    SELECT 'type ' || format_type(t.oid, NULL) || ' of column ' || quote_ident(a.attname), a.attrelid
    FROM pg_attribute AS a
    JOIN pg_type AS t ON t.oid = a.atttypid
    JOIN pg_roles AS o ON o.oid = t.typowner
    WHERE a.attrelid IN (SELECT r.oid FROM relations AS r) AND a.attnum > 0 AND NOT a.attisdropped
        AND t.oid >= 16384 AND t.typtype <> 'e' AND NOT (o.rolsuper AND t.typtype = 'b')
    UNION ALL
    SELECT 'a foreign table', c.oid
    FROM pg_class AS c
    WHERE c.oid IN (SELECT r.oid FROM relations AS r) AND c.relkind NOT IN ('r', 'p')
)
SELECT r.what || ' of ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS what
FROM reached AS r
JOIN pg_class AS c ON c.oid = r.relation
JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY what
LIMIT 1
