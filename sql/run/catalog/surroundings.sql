-- What attaching a partition to the partitioned tables $1 (oids) locks beside them, and what of it belongs to others.
WITH RECURSIVE asked AS (
    SELECT c.oid AS table_oid, c.relowner AS role FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])
),
foreign_keys AS MATERIALIZED (
    -- As ATTACH follows them from a table that refers: to the one referred to, and to each of its partitions.
    SELECT f.conrelid AS table_oid, f.confrelid AS other_oid
    FROM asked AS t
    JOIN pg_constraint AS f ON f.conrelid = t.table_oid AND f.contype = 'f'
    UNION
    -- From a table referred to: to those that refer, and not to their partitions.
    SELECT f.confrelid, f.conrelid
    FROM pg_constraint AS f
    LEFT JOIN pg_constraint AS parent ON parent.oid = f.conparentid
    WHERE f.contype = 'f' AND f.confrelid = ANY ($1::oid[]) AND parent.confrelid IS DISTINCT FROM f.confrelid
),
ends AS MATERIALIZED (
    SELECT
        k.table_oid,
        array_agg(n.nspname ORDER BY n.nspname, c.relname) AS schemas,
        array_agg(c.relname ORDER BY n.nspname, c.relname) AS names
    FROM foreign_keys AS k
    JOIN pg_class AS c ON c.oid = k.other_oid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.table_oid <> k.other_oid
        -- Its own partitions, where it refers to itself: ATTACH has them already.
        AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = k.other_oid AND h.inhparent = k.table_oid)
    GROUP BY k.table_oid
),
-- What ATTACH reads, as foreign_code.sql follows it, and who else owns something above it: passed down, since whoever has a
-- chain of partitions would have it computed for each of them anew.
around (table_oid, role, oid, mode, owner_above) AS (
    SELECT w.table_oid, w.role, w.oid, w.mode, above.owner
    FROM (
        SELECT t.table_oid, t.role, p.partdefid AS oid, 'ACCESS EXCLUSIVE' AS mode
        FROM asked AS t
        JOIN pg_partitioned_table AS p ON p.partrelid = t.table_oid AND p.partdefid <> 0
        UNION
        SELECT t.table_oid, t.role, f.confrelid, 'SHARE ROW EXCLUSIVE'
        FROM asked AS t
        JOIN pg_constraint AS f ON f.conrelid = t.table_oid AND f.contype = 'f'
    ) AS w
    JOIN pg_class AS c ON c.oid = w.oid
    CROSS JOIN LATERAL (
        -- include run/catalog/owner_above
    ) AS above
    UNION
    -- What inherits without being a partition is not looked into, and may be of any number.
    SELECT
        a.table_oid, a.role, h.inhrelid, a.mode,
        coalesce(
            a.owner_above,
            CASE
                WHEN c.relowner <> a.role AND c.relowner NOT IN (SELECT u.oid FROM pg_roles AS u WHERE u.rolsuper)
                    THEN c.relowner
            END
        )
    FROM around AS a
    JOIN pg_partitioned_table AS p ON p.partrelid = a.oid
    JOIN pg_class AS c ON c.oid = p.partrelid
    JOIN pg_inherits AS h ON h.inhparent = p.partrelid
),
neighbours AS MATERIALIZED (
    SELECT
        o.table_oid,
        array_agg(o.nspname ORDER BY o.nspname, o.relname) AS schemas,
        array_agg(o.relname ORDER BY o.nspname, o.relname) AS names,
        array_agg(o.owner ORDER BY o.nspname, o.relname) AS owners,
        array_agg(o.mode ORDER BY o.nspname, o.relname) AS modes,
        array_agg(coalesce(o.lock_role, '') ORDER BY o.nspname, o.relname) AS lock_roles,
        array_agg(o.relkind::text ORDER BY o.nspname, o.relname) AS kinds,
        array_agg(o.is_superusers::text ORDER BY o.nspname, o.relname) AS are_superusers
    FROM (
        SELECT
            a.table_oid,
            n.nspname,
            c.relname,
            c.relkind,
            min(a.mode) AS mode,
            pg_get_userbyid(c.relowner) AS owner,
            bool_or(r.rolsuper) AS is_superusers,
            -- As whom LOCK TABLE would succeed: its owner, or else the owner of the table.
            CASE
                WHEN c.relkind = 'f' THEN NULL
                WHEN pg_has_role(c.relowner, v.membership) AND has_schema_privilege(c.relowner, n.oid, 'USAGE')
                    THEN pg_get_userbyid(c.relowner)
                WHEN has_schema_privilege(t.relowner, n.oid, 'USAGE')
                    AND has_table_privilege(t.relowner, c.oid, v.locking)
                    THEN pg_get_userbyid(t.relowner)
            END::text AS lock_role
        FROM around AS a
        JOIN pg_class AS t ON t.oid = a.table_oid
        JOIN pg_class AS c ON c.oid = a.oid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_roles AS r ON r.oid = c.relowner
        CROSS JOIN LATERAL (
            SELECT
                CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END,
                'UPDATE, DELETE, TRUNCATE'
                    || CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN ', MAINTAIN' ELSE '' END
        ) AS v (membership, locking)
        -- The code of a superuser may run as anyone.
        WHERE c.relowner <> t.relowner AND NOT r.rolsuper OR a.owner_above IS NOT NULL
        GROUP BY a.table_oid, t.relowner, c.oid, n.oid, n.nspname, c.relname, c.relkind, c.relowner, v.membership, v.locking
    ) AS o
    GROUP BY o.table_oid
)
SELECT
    t.table_oid,
    foreign_schema.name AS foreign_schema,
    foreign_schema.owner AS foreign_schema_owner,
    -- The tables on the other end of a foreign key, either way: ATTACH locks them too.
    coalesce(ends.schemas, '{}') AS foreign_key_schemas,
    coalesce(ends.names, '{}') AS foreign_key_names,
    -- Those for which foreign_code.sql has to be asked.
    coalesce(neighbours.schemas, '{}') AS neighbour_schemas,
    coalesce(neighbours.names, '{}') AS neighbour_names,
    coalesce(neighbours.owners, '{}') AS neighbour_owners,
    coalesce(neighbours.modes, '{}') AS neighbour_modes,
    coalesce(neighbours.lock_roles, '{}') AS neighbour_lock_roles,
    coalesce(neighbours.kinds, '{}') AS neighbour_kinds,
    coalesce(neighbours.are_superusers, '{}') AS neighbour_superusers
FROM asked AS t
LEFT JOIN ends ON ends.table_oid = t.table_oid
LEFT JOIN neighbours ON neighbours.table_oid = t.table_oid
-- The first schema of it and of its partitions that is another's: he could put other tables in their place.
LEFT JOIN LATERAL (
    SELECT n.nspname AS name, r.rolname AS owner
    FROM (
        SELECT c.relnamespace AS oid FROM pg_class AS c WHERE c.oid = t.table_oid
        UNION
        SELECT c.relnamespace
        FROM pg_inherits AS h
        JOIN pg_class AS c ON c.oid = h.inhrelid
        WHERE h.inhparent = t.table_oid
    ) AS place
    JOIN pg_namespace AS n ON n.oid = place.oid
    JOIN pg_roles AS r ON r.oid = (
        -- include run/catalog/schema_owner
    )
    WHERE r.oid <> t.role AND NOT r.rolsuper
    ORDER BY n.nspname
    LIMIT 1
) AS foreign_schema ON true
