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
    -- Of a table's partitions, and of what inherits from it: whose they are, but for a superuser's, and a foreign one.
    -- Whose the schema is: he may put another table, with triggers, or a view in the place of one, or let the name of a
    -- function mean something else.
    coalesce(parts.owners, '{}')
        || ARRAY(
            SELECT r.rolname::text
            FROM pg_roles AS r
            WHERE r.oid = place.owner AND NOT r.rolsuper AND w.column_name IN ('', '()')
                AND (r.oid <> c.relowner OR r.oid <> ALL (f.owners))
        ) AS part_owners,
    -- Whether somebody else owns anything in this database, so that part_owners.sql has to be asked. The server records no
    -- owner for what is the first superuser's.
    EXISTS (
        SELECT
        FROM pg_shdepend AS d
        JOIN pg_roles AS r ON r.oid = d.refobjid
        WHERE d.dbid = (SELECT u.oid FROM pg_database AS u WHERE u.datname = current_database())
            AND d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
            AND d.refobjid IS DISTINCT FROM coalesce(f.owner, c.relowner)
            AND NOT r.rolsuper AND r.rolname <> current_user
    ) AS has_others,
    f.argument,
    parts.foreign_schema,
    parts.foreign_name,
    parts.may_meet_others
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (schema, name, column_name, place)
LEFT JOIN pg_namespace AS n ON n.nspname = w.schema
LEFT JOIN LATERAL (
    -- include run/catalog/schema_owner
) AS place ON true
LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name AND w.column_name <> '()'
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = w.column_name AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN LATERAL (
    -- include run/statistics/called
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
        coalesce(bool_or(
            -- include run/statistics/may_meet_others
        ), false) AS may_meet_others
    FROM (SELECT p.oid FROM part AS p UNION ALL SELECT a.oid FROM above AS a) AS p
    JOIN pg_class AS t ON t.oid = p.oid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_roles AS r ON r.oid = t.relowner
) AS parts ON true
LEFT JOIN pg_language AS l ON l.lanname = 'plpgsql'
ORDER BY w.place
