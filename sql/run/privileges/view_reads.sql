-- The tables that the materialized views $2 in the schemas $1, pairwise, read, directly or through plain views, each
-- with the role whose privileges count there: the owner of the view that names the table, or, in a view with
-- security_invoker, of the one around it.
WITH RECURSIVE reads AS (
    SELECT DISTINCT r.ev_class AS reader, d.refobjid AS read
    FROM pg_rewrite AS r
    JOIN pg_depend AS d
        ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    WHERE d.refobjid <> r.ev_class
),
paths AS (
    SELECT c.oid AS view, c.oid AS node, c.relowner AS role
    FROM unnest($1::text[], $2::text[]) AS w (schema, name)
    JOIN pg_namespace AS n ON n.nspname = w.schema
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind = 'm'
    UNION
    SELECT
        p.view, c.oid,
        CASE
            WHEN c.relkind <> 'v' OR EXISTS (
                SELECT
                FROM pg_options_to_table(c.reloptions) AS s
                WHERE s.option_name = 'security_invoker' AND s.option_value::boolean
            )
            THEN p.role
            ELSE c.relowner
        END
    FROM paths AS p
    JOIN pg_class AS here ON here.oid = p.node AND (here.relkind = 'v' OR here.oid = p.view)
    JOIN reads AS d ON d.reader = p.node
    JOIN pg_class AS c ON c.oid = d.read AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
)
SELECT DISTINCT
    view_namespace.nspname AS view_schema,
    v.relname AS view_name,
    n.nspname AS schema,
    c.relname AS name,
    pg_get_userbyid(c.relowner) AS owner,
    r.rolname AS role,
    has_any_column_privilege(r.oid, c.oid, 'SELECT') AS may_select,
    c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
        AND (c.relforcerowsecurity OR NOT pg_has_role(r.oid, c.relowner, 'USAGE')) AS is_bound,
    c.relforcerowsecurity AND pg_has_role(r.oid, c.relowner, 'USAGE') AS is_forced
FROM paths AS p
JOIN pg_class AS v ON v.oid = p.view
JOIN pg_namespace AS view_namespace ON view_namespace.oid = v.relnamespace
JOIN pg_class AS c ON c.oid = p.node AND c.relkind IN ('r', 'p', 'f', 'm') AND c.oid <> p.view
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_roles AS r ON r.oid = p.role
ORDER BY 1, 2, 3, 4, 6
