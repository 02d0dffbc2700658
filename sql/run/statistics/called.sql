-- Part of the queries on the parts of a corpus (w, in schema n), for a function of one argument.
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
