-- Whether schema $1 is our own role's, a superuser's or that of role $2 (NULL for none), with all that is in it, and holds
-- nothing but tables and sequences without anything of others: false where foreign_parts.sql has to be asked, which takes
-- ten times as long and says what there is; no row for a schema that is not there. By what depends on the schema, in
-- indexes: of a large database only that is read.
SELECT
    h.nspowner = ANY (t.trusted)
    AND NOT EXISTS (
        SELECT FROM aclexplode(h.nspacl) AS a WHERE a.privilege_type = 'CREATE' AND a.grantee <> ALL (t.trusted)
    )
    AND NOT EXISTS (
        SELECT
        FROM pg_depend AS d
        -- Functions, operators, types and whatever else is in it are no relations. Indexes are those of its tables.
        LEFT JOIN pg_class AS c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = h.oid
            AND (
                c.oid IS NULL OR c.relowner <> ALL (t.trusted) OR c.relkind NOT IN ('r', 'S')
                OR c.relhasrules OR c.relhassubclass OR c.relrowsecurity
                -- Reading is harmless; and services of several roles write to one ledger.
                OR EXISTS (
                    SELECT
                    FROM aclexplode(c.relacl) AS a
                    WHERE a.grantee <> ALL (t.trusted) AND a.privilege_type NOT IN ('SELECT', 'USAGE')
                        AND (h.nspname <> 'pgtend_ledger' OR a.privilege_type NOT IN ('INSERT', 'UPDATE', 'DELETE'))
                )
                OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
                OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
                OR EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)
                -- Those of foreign keys name the table at the other end.
                OR EXISTS (
                    SELECT
                    FROM pg_trigger AS g
                    LEFT JOIN pg_class AS o ON o.oid = g.tgconstrrelid
                    WHERE g.tgrelid = c.oid AND (NOT g.tgisinternal OR o.relnamespace IS DISTINCT FROM h.oid)
                )
                OR EXISTS (
                    -- include migrations/queries/foreign_definitions
                )
            )
    ) AS is_ours
FROM pg_namespace AS h
CROSS JOIN (
    SELECT ARRAY(SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper OR r.rolname IN (current_user, $2::text)) AS trusted
) AS t
WHERE h.nspname = $1
