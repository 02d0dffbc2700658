-- Triggers of the tables $1 (oids): their own, and the clones of their parents' whose state is not the parent's.
-- The definition comes in two parts, before and behind the table's name.
SELECT
    t.tgrelid AS oid,
    t.tgname AS name,
    t.tgenabled AS state,
    parent.oid IS NOT NULL AS is_cloned,
    substr(d.definition, 1, e.place + 3) AS head,
    substr(d.definition, e.place + length(d.target)) AS tail
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_trigger AS parent ON parent.oid = t.tgparentid
CROSS JOIN LATERAL (
    SELECT
        pg_get_triggerdef(t.oid) AS definition,
        format(' ON %I.%I', n.nspname, c.relname) AS target,
        -- CREATE [CONSTRAINT] TRIGGER name: what the name says is not to be taken for the table.
        CASE WHEN t.tgconstraint = 0 THEN 15 ELSE 26 END + length(quote_ident(t.tgname)) AS name_end
) AS d
CROSS JOIN LATERAL (
    SELECT d.name_end + strpos(substr(d.definition, d.name_end + 1), d.target || ' ') AS place
) AS e
WHERE t.tgrelid = ANY ($1::oid[])
    AND CASE
        WHEN parent.oid IS NULL THEN NOT t.tgisinternal
        ELSE NOT parent.tgisinternal AND parent.tgenabled <> t.tgenabled
    END
ORDER BY t.tgrelid, t.tgname
