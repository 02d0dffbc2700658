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
    -- The schema of the operators of its type's default order; NULL for a type without an order of its own.
    (
        WITH RECURSIVE base (oid, typtype, typbasetype) AS (
            SELECT t.oid, t.typtype, t.typbasetype FROM pg_type AS t WHERE t.oid = a.atttypid
            UNION ALL
            SELECT t.oid, t.typtype, t.typbasetype FROM base AS b JOIN pg_type AS t ON t.oid = b.typbasetype
        )
        SELECT s.nspname
        FROM base AS b
        JOIN pg_opclass AS k ON k.opcintype = b.oid AND k.opcdefault
        JOIN pg_am AS m ON m.oid = k.opcmethod AND m.amname = 'btree'
        JOIN pg_amop AS x ON x.amopfamily = k.opcfamily AND x.amoplefttype = b.oid AND x.amoprighttype = b.oid
            AND x.amopstrategy = 3
        JOIN pg_operator AS e ON e.oid = x.amopopr
        JOIN pg_namespace AS s ON s.oid = e.oprnamespace
        WHERE b.typtype <> 'd'
    ) AS operators
FROM unnest($1::text[], $2::text[], $3::text[]) AS w (schema, name, column_name)
JOIN pg_namespace AS n ON n.nspname = w.schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = w.column_name AND a.attnum > 0 AND NOT a.attisdropped
