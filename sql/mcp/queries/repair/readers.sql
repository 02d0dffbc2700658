-- Constraints and indexes that use the column $2 of the table $1 and may not take its new type $3. The server makes them
-- anew by their old words: an operator class, an operator or a function that takes the one type may not take the other.
-- What it is, a line break, and the statement that drops it. Constraints $4 and indexes $5 have the very words of the
-- schema, and take what it expects. $6: old and new type are numbers, which are compared with each other whatever they are.
-- Constraints of the table that are dropped before have the names $7, indexes $8.
WITH tree AS (
    SELECT $1::regclass AS relid UNION SELECT t.relid FROM pg_partition_tree($1::regclass) AS t
), wanted AS (
    SELECT y.oid, y.typcollation,
        ARRAY[y.oid, CASE WHEN y.oid = 'varchar'::regtype THEN 'text'::regtype
            WHEN y.typcategory = 'A' THEN 'anyarray'::regtype ELSE y.oid END] AS accepted
    FROM pg_type AS y
    WHERE y.oid = $3::regtype
), changed AS (
    SELECT a.attrelid, a.attnum, a.attcollation
    FROM pg_attribute AS a
    WHERE a.attrelid IN (SELECT t.relid FROM tree AS t) AND a.attname = $2
), dependant AS (
    SELECT DISTINCT d.classid, d.objid
    FROM pg_depend AS d
    JOIN changed AS a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
    WHERE d.refclassid = 'pg_class'::regclass
), expression (classid, objid, text) AS (
    SELECT 'pg_constraint'::regclass, k.oid, pg_get_expr(k.conbin, k.conrelid)
    FROM dependant AS d
    JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    WHERE k.contype IN ('c', 'x') AND k.conparentid = 0 AND k.conislocal
        AND NOT (k.conrelid = $1::regclass
            AND (k.conname ~ '^pgtend_' OR k.conname = ANY ($4::text[]) OR k.conname = ANY ($7::text[])))
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, e.text
    FROM dependant AS d
    JOIN pg_index AS i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
    CROSS JOIN LATERAL (
        VALUES (pg_get_expr(i.indexprs, i.indrelid)), (pg_get_expr(i.indpred, i.indrelid))
    ) AS e (text)
    WHERE strpos(e.text, $2) > 0
), harmful AS (
    -- An exclusion constraint of columns alone has no expression.
    SELECT e.classid, e.objid
    FROM expression AS e
    WHERE NOT coalesce(
        e.text ~ '^\("?[^"()]+"? IS (NOT )?NULL\)$' OR $6::boolean AND e.text !~ '[[:alnum:]_"] ?\(|[%&|#~^]', false)
)
SELECT translate(o.what, E'\n', ' ') || E'\n' || o.statement AS value, 1::bigint AS count
FROM (
    SELECT format('constraint %s of %s', k.conname, k.conrelid::regclass) AS what,
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS statement
    FROM harmful AS h
    JOIN pg_constraint AS k ON h.classid = 'pg_constraint'::regclass AND k.oid = h.objid
    UNION
    -- Of a key both sides have to be comparable.
    SELECT format('constraint %s of %s', k.conname, k.conrelid::regclass),
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
    FROM dependant AS d
    JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u (mine, theirs)
    JOIN pg_attribute AS m ON (m.attrelid, m.attnum) = (k.conrelid, u.mine)
    JOIN pg_attribute AS t ON (t.attrelid, t.attnum) = (k.confrelid, u.theirs)
    CROSS JOIN wanted AS w
    CROSS JOIN LATERAL (
        SELECT coalesce(nullif(y.oid, 'varchar'::regtype), 'text'::regtype) AS type
        FROM pg_type AS y
        WHERE y.oid = CASE WHEN (m.attrelid, m.attnum) IN (SELECT a.attrelid, a.attnum FROM changed AS a)
            THEN t.atttypid ELSE m.atttypid END
    ) AS other
    WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT (k.conrelid = $1::regclass AND k.conname = ANY ($7::text[]))
        AND EXISTS (
            SELECT FROM changed AS a
            WHERE (a.attrelid, a.attnum) IN ((m.attrelid, m.attnum), (t.attrelid, t.attnum)))
        AND NOT EXISTS (
            SELECT FROM pg_amop AS p
            JOIN pg_am AS i ON i.oid = p.amopmethod AND i.amname = 'btree'
            WHERE p.amopstrategy = 3 AND p.amoplefttype = ANY (w.accepted) AND p.amoprighttype = other.type)
    UNION
    SELECT format('index %s of %s', c.relname, i.indrelid::regclass),
        format('DROP INDEX %s', c.oid::regclass)
    FROM dependant AS d
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    JOIN pg_index AS i ON i.indexrelid = c.oid
    JOIN changed AS a ON a.attrelid = i.indrelid
    CROSS JOIN wanted AS w
    WHERE NOT c.relispartition
        AND NOT (i.indrelid = $1::regclass AND (c.relname ~ '^pgtend_' OR c.relname = ANY ($5::text[]) OR c.relname = ANY ($8::text[])))
        AND (EXISTS (SELECT FROM harmful AS h WHERE h.classid = 'pg_class'::regclass AND h.objid = c.oid)
            OR EXISTS (
                SELECT FROM generate_series(0, i.indnkeyatts - 1) AS n
                JOIN pg_opclass AS p ON p.oid = i.indclass[n]
                WHERE i.indkey[n] = a.attnum AND (
                    i.indcollation[n] <> a.attcollation AND w.typcollation = 0
                    OR NOT EXISTS (
                        SELECT FROM pg_opclass AS q
                        WHERE q.opcmethod = p.opcmethod AND q.opcintype = ANY (w.accepted)
                            AND CASE WHEN p.opcdefault THEN q.opcdefault ELSE q.oid = p.oid END))))
) AS o
ORDER BY 1
