-- Which relations, columns and functions of a corpus stand, and whose they are: a row for each part that is asked for.
-- $1 schemas, $2 names, $3 columns, pairwise, an empty column asking for the relation, '()' for a function of one
-- argument. Only tables, partitioned or not, are read as tables; kind says what else has the name.
SELECT
    w.schema,
    w.name,
    w.column_name,
    CASE
        WHEN w.column_name = '()' THEN f.stands
        WHEN w.column_name = '' THEN c.relkind IN ('r', 'p')
        ELSE c.relkind IN ('r', 'p') AND a.attname IS NOT NULL
    END IS TRUE AS is_present,
    CASE c.relkind
        WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table'
        WHEN 'S' THEN 'a sequence' WHEN 'c' THEN 'a composite type' WHEN 'i' THEN 'an index' WHEN 'I' THEN 'an index'
    END AS other_kind,
    pg_get_userbyid(coalesce(f.owner, c.relowner)) AS owner,
    -- Code of a superuser may run as anybody.
    coalesce(f.owner, c.relowner) IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper) IS TRUE AS is_superusers,
    coalesce(
        pg_has_role(
            coalesce(f.owner, c.relowner),
            CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
        ),
        false
    ) AS may_act_as_owner,
    coalesce(pg_has_role(coalesce(f.owner, c.relowner), 'MEMBER'), false) AS is_member,
    -- A temporary procedure in PL/pgSQL.
    coalesce(
        has_database_privilege(coalesce(f.owner, c.relowner), current_database(), 'TEMPORARY')
        AND has_language_privilege(coalesce(f.owner, c.relowner), l.oid, 'USAGE'),
        false
    ) AS may_have_sandbox,
    c.oid,
    -- Of a table's partitions, and of what inherits from it: whose they are, but for a superuser's, and a foreign one. Whose
    -- the schema is: he may put another table, with triggers, or a view in the place of one, or let the name of a function
    -- mean something else.
    coalesce(parts.owners, '{}') || ARRAY(
        SELECT r.rolname::text
        FROM pg_roles AS r
        WHERE r.oid = place.owner AND NOT r.rolsuper AND w.column_name IN ('', '()')
            AND (r.oid <> c.relowner OR r.oid <> ALL (f.owners))
    ) AS part_owners,
    -- What is not the server's own, for ingredient_owners.sql: types of a column or function, and what is in the expressions
    -- of a table, which reading it and writing to it run.
    ARRAY(
        SELECT a.atttypid WHERE a.atttypid >= 16384
        UNION
        SELECT declared.type
        FROM pg_proc AS p
        CROSS JOIN unnest(p.prorettype || p.proargtypes::oid[]) AS declared (type)
        WHERE p.oid = ANY (f.functions) AND declared.type >= 16384
    ) AS types,
    coalesce(expressions.catalogs, '{}') AS expression_catalogs,
    coalesce(expressions.oids, '{}') AS expression_oids,
    f.argument,
    parts.foreign_schema,
    parts.foreign_name,
    (parts.may_meet_others OR expressions.are_any) IS TRUE AS may_meet_others
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (schema, name, column_name, place)
LEFT JOIN pg_namespace AS n ON n.nspname = w.schema
LEFT JOIN LATERAL (
    -- include run/catalog/schema_owner
) AS place ON true
LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name AND w.column_name <> '()'
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = w.column_name AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN LATERAL (
    -- All that a call with one argument may find; several of that name are one owner's, or nobody's.
    SELECT
        count(*) > 0 AS stands,
        CASE WHEN min(p.proowner) = max(p.proowner) THEN min(p.proowner) END AS owner,
        -- The declared type of the tenant: of several functions that which the server would take for a text.
        (
            array_agg(format('%I.%I', y.nspname, t.typname) ORDER BY (t.oid = 'text'::regtype) DESC, t.typcategory <> 'S', p.oid)
        )[1] AS argument,
        array_agg(DISTINCT p.proowner) AS owners,
        array_agg(p.oid) AS functions
    FROM pg_proc AS p
    JOIN pg_type AS t ON t.oid = CASE WHEN p.pronargs = 1 AND p.provariadic <> 0 THEN p.provariadic ELSE p.proargtypes[0] END
    JOIN pg_namespace AS y ON y.oid = t.typnamespace
    WHERE p.pronamespace = n.oid AND p.proname = w.name
        AND (p.pronargs >= 1 AND p.pronargs - p.pronargdefaults <= 1 OR p.provariadic <> 0) AND w.column_name = '()'
) AS f ON true
LEFT JOIN LATERAL (
    WITH RECURSIVE part (oid) AS (
        SELECT c.oid WHERE w.column_name = ''
        UNION
        SELECT h.inhrelid FROM part AS p JOIN pg_inherits AS h ON h.inhparent = p.oid
    ),
    -- Whose owner may put indexes and CHECKs on all that is below, and whose partition key is computed for its rows.
    above (oid) AS (
        SELECT h.inhparent FROM pg_inherits AS h WHERE h.inhrelid = c.oid AND w.column_name = ''
        UNION
        SELECT h.inhparent FROM above AS a JOIN pg_inherits AS h ON h.inhrelid = a.oid
    )
    SELECT
        coalesce(
            array_agg(DISTINCT r.rolname::text) FILTER (WHERE t.relowner <> c.relowner AND NOT r.rolsuper), '{}'
        ) AS owners,
        min(n.nspname) FILTER (WHERE t.relkind = 'f') AS foreign_schema,
        (array_agg(t.relname ORDER BY n.nspname) FILTER (WHERE t.relkind = 'f'))[1] AS foreign_name,
        -- Planning computes the partition keys of what it is a partition of, too.
        array_agg(t.oid) FILTER (WHERE p.is_below OR t.relkind = 'p') AS read,
        array_agg(t.oid) AS family,
        bool_or(
            -- include run/statistics/may_meet_by_shape
        ) AS may_meet_others
    FROM (SELECT p.oid, true AS is_below FROM part AS p UNION ALL SELECT a.oid, false FROM above AS a) AS p
    JOIN pg_class AS t ON t.oid = p.oid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_roles AS r ON r.oid = t.relowner
) AS parts ON true
LEFT JOIN LATERAL (
    SELECT
        count(*) > 0 AS are_any,
        array_agg(used.refclassid) FILTER (WHERE used.is_read) AS catalogs,
        array_agg(used.refobjid) FILTER (WHERE used.is_read) AS oids
    FROM (
        SELECT DISTINCT near.oid = ANY (parts.read) AS is_read, expression.refclassid, expression.refobjid
        FROM (
            SELECT family.oid FROM unnest(parts.family) AS family (oid)
            UNION
            SELECT k.confrelid FROM pg_constraint AS k WHERE k.conrelid = ANY (parts.family) AND k.contype = 'f'
        ) AS near
        CROSS JOIN LATERAL (
            -- include run/statistics/expressions
        ) AS expression
    ) AS used
) AS expressions ON c.relkind IN ('r', 'p')
LEFT JOIN pg_language AS l ON l.lanname = 'plpgsql'
ORDER BY w.place
