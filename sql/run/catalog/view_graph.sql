-- What the materialized views in the schemas $1 and those called $2.$3, pairwise, are made of: these, all views that they read
-- (one that is not watched can stand between two that are), and the functions, operators and types by which a query reaches
-- other code. Of no others, which anybody can make in any number. What each leads to itself: all that it reaches would be as
-- many rows as there are pairs.
WITH RECURSIVE needed (class, oid) AS (
    SELECT 'pg_class'::regclass::oid, c.oid
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'm'
        AND (n.nspname = ANY ($1::text[])
            OR (n.nspname, c.relname) IN (SELECT w.schema, w.name FROM unnest($2::text[], $3::text[]) AS w (schema, name)))
    UNION
    SELECT edge.class, edge.oid
    FROM needed AS d
    CROSS JOIN LATERAL (
        -- include run/catalog/view_edges
    ) AS edge
),
-- What is told a name in a text when it runs, and finds it by the search_path: functions of the server's own, for which
-- pg_depend has no rows.
readers (oid, name) AS (
    SELECT p.oid, p.proname::text
    FROM pg_proc AS p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384
        AND (p.proname IN ('ts_stat', 'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'regclass')
            OR p.proname = 'ts_rewrite' AND p.pronargs = 2)
)
SELECT
    d.class::bigint * 4294967296 + d.oid::bigint AS node,
    CASE WHEN d.class = 'pg_class'::regclass THEN d.oid END AS view,
    coalesce((SELECT c.relkind = 'm' FROM pg_class AS c WHERE d.class = 'pg_class'::regclass AND c.oid = d.oid), false)
        AS is_materialized,
    coalesce(function.is_pinned, false) AS is_pinned,
    function.name AS function,
    function.schema AS function_schema,
    ARRAY (
        SELECT DISTINCT r.name
        FROM pg_rewrite AS w
        JOIN readers AS r ON w.ev_action::text LIKE '%:funcid ' || r.oid || ' %'
        WHERE d.class = 'pg_class'::regclass AND w.ev_class = d.oid
        UNION
        -- Such as that of a column with names of configurations to regconfig.
        SELECT 'a cast to ' || t.typname
        FROM pg_rewrite AS w
        JOIN pg_type AS t ON w.ev_action::text LIKE '%:resulttype ' || t.oid || ' %'
        WHERE d.class = 'pg_class'::regclass AND w.ev_class = d.oid AND w.ev_action::text LIKE '%{COERCEVIAIO %'
            AND t.typname LIKE 'reg%' AND t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b'
            AND t.typcategory = 'N'
        UNION
        SELECT r.name
        FROM pg_proc AS f
        JOIN readers AS r ON f.prosqlbody::text LIKE '%:funcid ' || r.oid || ' %'
        WHERE d.class = 'pg_proc'::regclass AND f.oid = d.oid
        ORDER BY 1
    ) AS text_readers,
    ARRAY (
        SELECT edge.class::bigint * 4294967296 + edge.oid::bigint
        FROM (
            -- include run/catalog/view_edges
        ) AS edge
        ORDER BY 1
    ) AS leads_to
FROM needed AS d
-- Functions in SQL or another language whose body finds names by the search_path of its caller, and those that set their own.
LEFT JOIN LATERAL (
    SELECT
        pinned.it AS is_pinned,
        CASE WHEN own.it THEN f.oid::regprocedure::text END AS name,
        CASE WHEN own.it THEN s.nspname END AS schema
    FROM pg_proc AS f
    JOIN pg_namespace AS s ON s.oid = f.pronamespace
    JOIN pg_language AS l ON l.oid = f.prolang
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM unnest(f.proconfig) AS c (setting) WHERE c.setting LIKE 'search\_path=%')
    ) AS pinned (it)
    CROSS JOIN LATERAL (
        SELECT
            NOT pinned.it AND l.lanname NOT IN ('internal', 'c') AND f.prosqlbody IS NULL
            -- It becomes part of a statement: whole, and of no encoding that nobody knows.
            AND length(f.oid::regprocedure::text) <= 1000
            AND (getdatabaseencoding() <> 'SQL_ASCII' OR concat(f.oid::regprocedure::text, s.nspname) ~ '^[ -~]*$')
    ) AS own (it)
    WHERE d.class = 'pg_proc'::regclass AND f.oid = d.oid
) AS function ON true
