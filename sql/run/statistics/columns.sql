-- What the columns of a corpus are: $1 schemas, $2 tables, $3 columns, pairwise; a row for each that stands.
SELECT
    w.schema,
    w.name,
    w.column_name,
    -- What ON CONFLICT on that column alone can use.
    EXISTS (
        SELECT
        FROM pg_index AS i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indnkeyatts = 1
            AND i.indkey[0] = a.attnum AND i.indpred IS NULL
    ) AS is_unique,
    -- The schema of the operators of its type's default order; NULL for a type without an order of its own. Of a domain
    -- they are those of what it is made of, the type.
    format_type(base.oid, -1) AS type,
    (
        SELECT s.nspname
        FROM pg_opclass AS k
        JOIN pg_am AS m ON m.oid = k.opcmethod AND m.amname = 'btree'
        JOIN pg_amop AS x ON x.amopfamily = k.opcfamily AND x.amoplefttype = base.oid AND x.amoprighttype = base.oid
            AND x.amopstrategy = 3
        JOIN pg_operator AS e ON e.oid = x.amopopr
        JOIN pg_namespace AS s ON s.oid = e.oprnamespace
        WHERE k.opcintype = base.oid AND k.opcdefault
    ) AS operators
FROM unnest($1::text[], $2::text[], $3::text[]) AS w (schema, name, column_name)
JOIN pg_namespace AS n ON n.nspname = w.schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = w.column_name AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (
    WITH RECURSIVE made_of (oid, typtype, typbasetype) AS (
        SELECT t.oid, t.typtype, t.typbasetype FROM pg_type AS t WHERE t.oid = a.atttypid
        UNION ALL
        SELECT t.oid, t.typtype, t.typbasetype FROM made_of AS d JOIN pg_type AS t ON t.oid = d.typbasetype
    )
    SELECT m.oid FROM made_of AS m WHERE m.typtype <> 'd'
) AS base
