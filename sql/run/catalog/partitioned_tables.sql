-- Partitioned tables: all of the schemas $1, and those that are named by $2 (schemas) and $3 (names), pairwise.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    pg_get_userbyid(c.relowner) AS owner,
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = c.relowner) IS TRUE AS owner_is_superuser,
    -- Whether SET ROLE to the owner would succeed; 16 made that a privilege of its own.
    pg_has_role(
        c.relowner, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
    ) AS may_act_as_owner,
    -- A temporary procedure of the owner's in PL/pgSQL.
    has_database_privilege(c.relowner, current_database(), 'TEMPORARY')
        AND EXISTS (
            SELECT FROM pg_language AS l WHERE l.lanname = 'plpgsql' AND has_language_privilege(c.relowner, l.oid, 'USAGE')
        ) AS may_have_sandbox,
    p.partstrat AS strategy,
    p.partnatts AS key_columns,
    -- Of an expression that is a matter of key_definitions.sql, which may fail for one table.
    CASE
        WHEN 0 <> ALL (p.partattrs::smallint[]) THEN (
            SELECT string_agg(quote_ident(k.attname), ', ' ORDER BY place.number)
            FROM unnest(p.partattrs::smallint[]) WITH ORDINALITY AS place (attribute, number)
            JOIN pg_attribute AS k ON k.attrelid = c.oid AND k.attnum = place.attribute
        )
    END AS key_definition,
    a.attname AS key_column,
    -- Without its precision: "timestamp with time zone".
    format_type(a.atttypid, NULL) AS key_type,
    default_namespace.nspname AS default_schema,
    default_partition.relname AS default_name,
    c.relispartition AS is_partition,
    (SELECT h.inhparent FROM pg_inherits AS h WHERE h.inhrelid = c.oid AND c.relispartition) AS parent,
    -- Of LIST and HASH, of which nothing else is read.
    (
        SELECT count(*)
        FROM pg_inherits AS h
        JOIN pg_class AS part ON part.oid = h.inhrelid
        WHERE h.inhparent = c.oid AND p.partstrat <> 'r' AND part.relkind = 'p'
    ) AS partitioned_partitions,
    publications.names AS leaf_publications
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_partitioned_table AS p ON p.partrelid = c.oid
-- No row for an expression, whose attribute number is 0.
LEFT JOIN pg_attribute AS a ON p.partnatts = 1 AND a.attrelid = c.oid AND a.attnum = p.partattrs[0]
LEFT JOIN pg_class AS default_partition ON default_partition.oid = p.partdefid
LEFT JOIN pg_namespace AS default_namespace ON default_namespace.oid = default_partition.relnamespace
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(b.pubname ORDER BY b.pubname), '{}') AS names
    FROM pg_publication AS b
    WHERE NOT b.pubviaroot
        AND (
            b.puballtables
            OR EXISTS (SELECT FROM pg_publication_rel AS r WHERE r.prpubid = b.oid AND r.prrelid = c.oid)
            OR EXISTS (
                SELECT FROM pg_publication_namespace AS s WHERE s.pnpubid = b.oid AND s.pnnspid = c.relnamespace
            )
        )
) AS publications
WHERE c.relkind = 'p'
    AND (
        n.nspname = ANY ($1::text[])
        OR (n.nspname, c.relname) IN (SELECT w.schema, w.name FROM unnest($2::text[], $3::text[]) AS w (schema, name))
    )
ORDER BY n.nspname, c.relname
