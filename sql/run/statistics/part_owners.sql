-- Whose code is in the parts of a corpus, where somebody else owns anything in the database: a row for each part, as in
-- presence.sql.
SELECT
    -- Whose the types of a column or function are, which may be cast or checked by code of theirs, and whose their schemas
    -- are: values are cast to a type by its name, which may come to mean another. Whose functions, operators and domains are
    -- in the expressions of a table, which reading it and writing to it run.
    coalesce(types.owners, '{}') || coalesce(expressions.owners, '{}') AS owners
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (schema, name, column_name, place)
LEFT JOIN pg_namespace AS n ON n.nspname = w.schema
LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name AND w.column_name <> '()'
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = w.column_name AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN LATERAL (
    -- include run/statistics/called
) AS f ON true
LEFT JOIN LATERAL (
    WITH RECURSIVE used (refclassid, refobjid) AS (
        (
            SELECT 'pg_type'::regclass, a.atttypid
            UNION ALL
            SELECT 'pg_type'::regclass, argument.type
            FROM pg_proc AS p
            CROSS JOIN unnest(p.prorettype || p.proargtypes::oid[]) AS argument (type)
            WHERE p.oid = ANY (f.functions)
        )
        UNION
        SELECT made_of.class, made_of.oid
        FROM used AS u
        CROSS JOIN LATERAL (
            -- include run/catalog/made_of
        ) AS made_of
        WHERE u.refclassid = 'pg_type'::regclass AND made_of.oid <> 0
    )
    SELECT array_agg(DISTINCT r.rolname::text) AS owners
    FROM used AS u
    JOIN pg_type AS t ON t.oid = u.refobjid
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    JOIN pg_roles AS r ON r.oid = t.typowner OR r.oid = (
        -- include run/catalog/schema_owner
    )
    WHERE u.refclassid = 'pg_type'::regclass AND NOT r.rolsuper AND r.oid <> coalesce(c.relowner, f.owner)
) AS types ON a.atttypid >= 16384 OR f.stands
LEFT JOIN LATERAL (
    WITH RECURSIVE near (oid) AS (
        SELECT c.oid
        UNION
        SELECT h.inhrelid FROM near AS p JOIN pg_inherits AS h ON h.inhparent = p.oid
    ),
    used (refclassid, refobjid) AS (
        SELECT expression.refclassid, expression.refobjid
        FROM near
        CROSS JOIN LATERAL (
            -- include run/statistics/expressions
        ) AS expression
        UNION
        SELECT made_of.class, made_of.oid
        FROM used AS u
        CROSS JOIN LATERAL (
            -- include run/catalog/made_of
        ) AS made_of
        WHERE u.refclassid = 'pg_type'::regclass AND made_of.oid <> 0
    )
    SELECT array_agg(DISTINCT r.rolname::text) AS owners
    FROM used AS u
    LEFT JOIN pg_proc AS p ON u.refclassid = 'pg_proc'::regclass AND p.oid = u.refobjid
    LEFT JOIN pg_operator AS o ON u.refclassid = 'pg_operator'::regclass AND o.oid = u.refobjid
    LEFT JOIN pg_proc AS behind ON behind.oid = o.oprcode
    LEFT JOIN pg_type AS t ON u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid AND t.typtype = 'd'
    JOIN pg_roles AS r ON r.oid IN (p.proowner, o.oprowner, behind.proowner, t.typowner)
    WHERE NOT r.rolsuper AND r.oid <> c.relowner
) AS expressions ON w.column_name = '' AND c.relkind IN ('r', 'p')
ORDER BY w.place
