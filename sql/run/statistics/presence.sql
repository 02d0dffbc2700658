-- Which relations, columns and functions of a corpus stand: a row for each part that is asked for.
-- $1 schemas, $2 names, $3 columns, pairwise, an empty column asking for the relation, '()' for a function of one
-- argument.
SELECT
    w.schema,
    w.name,
    w.column_name,
    CASE
        WHEN w.column_name = '()' THEN EXISTS (
            SELECT
            FROM pg_proc AS f
            JOIN pg_namespace AS n ON n.oid = f.pronamespace
            WHERE n.nspname = w.schema AND f.proname = w.name AND f.pronargs = 1
        )
        ELSE EXISTS (
            SELECT
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
            WHERE n.nspname = w.schema AND c.relname = w.name AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
                AND (w.column_name = '' OR a.attname = w.column_name)
        )
    END AS is_present,
    -- What ON CONFLICT on that column alone can use; a view's is its table's, and not looked for.
    coalesce(
        (
            SELECT c.relkind NOT IN ('r', 'p') OR EXISTS (
                SELECT
                FROM pg_index AS i
                WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indnkeyatts = 1
                    AND i.indkey[0] = a.attnum AND i.indpred IS NULL
            )
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
            WHERE n.nspname = w.schema AND c.relname = w.name AND a.attname = w.column_name
        ),
        false
    ) AS is_unique,
    (
        SELECT pg_get_userbyid(c.relowner)
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = w.schema AND c.relname = w.name
            AND pg_has_role(
                c.relowner,
                CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
            )
    ) AS owner_we_may_be
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (schema, name, column_name, place)
ORDER BY w.place
