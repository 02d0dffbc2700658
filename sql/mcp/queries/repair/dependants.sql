-- What uses the column $2 of the table $1 and would stop, or go on with the old values, when that changes: what it is, a
-- line break, and the statement that drops it. $3: the column is renamed; otherwise its type changes under its name, and
-- the server takes care of indexes and constraints. The schema's own triggers, policies, constraints and indexes, which
-- are made anew, have the names $4 to $7; pgtend's have its prefix.
WITH tree AS (
    SELECT $1::regclass AS relid UNION SELECT t.relid FROM pg_partition_tree($1::regclass) AS t
), dependant AS (
    SELECT DISTINCT d.classid, d.objid, d.objsubid
    FROM pg_depend AS d
    JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT t.relid FROM tree AS t)
        AND a.attname = $2
)
SELECT translate(o.what, E'\n', ' ') || E'\n' || o.statement AS value, 1::bigint AS count
FROM (
    SELECT format('trigger %s of %s', g.tgname, g.tgrelid::regclass) AS what,
        format('DROP TRIGGER %I ON %s', g.tgname, g.tgrelid::regclass) AS statement
    FROM dependant AS d
    JOIN pg_trigger AS g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
    WHERE NOT g.tgisinternal AND g.tgparentid = 0
        AND NOT (g.tgname ~ '^(zz_)?pgtend_' OR g.tgname = ANY ($4::text[]))
    UNION
    SELECT format('policy %s of %s', y.polname, y.polrelid::regclass),
        format('DROP POLICY %I ON %s', y.polname, y.polrelid::regclass)
    FROM dependant AS d
    JOIN pg_policy AS y ON d.classid = 'pg_policy'::regclass AND y.oid = d.objid
    WHERE NOT (y.polrelid = $1::regclass AND (y.polname ~ '^(zz_)?pgtend_' OR y.polname = ANY ($5::text[])))
    UNION
    SELECT format('generated column %s of %s', a.attname, a.attrelid::regclass),
        format('ALTER TABLE %s DROP COLUMN %I', a.attrelid::regclass, a.attname)
    FROM dependant AS d
    LEFT JOIN pg_attrdef AS x ON d.classid = 'pg_attrdef'::regclass AND x.oid = d.objid
    JOIN pg_attribute AS a ON (a.attrelid, a.attnum) = (x.adrelid, x.adnum)
        OR d.classid = 'pg_class'::regclass AND (a.attrelid, a.attnum) = (d.objid, d.objsubid)
    WHERE a.attgenerated <> '' AND a.attinhcount = 0 AND NOT (a.attrelid = $1::regclass AND a.attname = $2)
    UNION
    SELECT format('function %s', p.oid::regprocedure),
        format('DROP %s %s', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
    FROM dependant AS d
    JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    UNION
    SELECT format('publication %s of %s', b.pubname, r.prrelid::regclass),
        format('ALTER PUBLICATION %I DROP TABLE %s', b.pubname, r.prrelid::regclass)
    FROM dependant AS d
    JOIN pg_publication_rel AS r ON d.classid = 'pg_publication_rel'::regclass AND r.oid = d.objid
    JOIN pg_publication AS b ON b.oid = r.prpubid
    UNION
    SELECT format('constraint %s of %s', k.conname, k.conrelid::regclass),
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname)
    FROM dependant AS d
    JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    -- A CHECK of the table itself is looked at by itself.
    WHERE $3::boolean AND k.conrelid IN (SELECT t.relid FROM tree AS t) AND k.conparentid = 0 AND k.conislocal
        AND (k.contype IN ('u', 'x', 'f') OR k.contype = 'c' AND k.conrelid <> $1::regclass)
        AND NOT (k.conname ~ '^(zz_)?pgtend_' OR k.conname = ANY ($6::text[]))
    UNION
    SELECT format('unique index %s of %s', c.relname, i.indrelid::regclass),
        format('DROP INDEX %s', c.oid::regclass)
    FROM dependant AS d
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    JOIN pg_index AS i ON i.indexrelid = c.oid
    WHERE $3::boolean AND i.indisunique AND NOT c.relispartition
        AND NOT (c.relname ~ '^(zz_)?pgtend_' OR c.relname = ANY ($7::text[]))
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
) AS o
ORDER BY 1
