-- Which of the schemas $1 the database does not have.
SELECT w.schema
FROM unnest($1::text[]) WITH ORDINALITY AS w (schema, place)
WHERE NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = w.schema)
ORDER BY w.place
