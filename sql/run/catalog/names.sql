-- Which of the names $2 in the schemas $1, pairwise, are borne by a relation or a type (which share their names).
SELECT w.schema, w.name
FROM unnest($1::text[], $2::text[]) AS w (schema, name)
JOIN pg_namespace AS n ON n.nspname = w.schema
WHERE EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname = w.name)
    OR EXISTS (SELECT FROM pg_type AS t WHERE t.typnamespace = n.oid AND t.typname = w.name)
