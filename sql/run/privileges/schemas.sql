-- Which of the schemas $1 the database does not have.
SELECT w.name
FROM unnest($1::text[]) WITH ORDINALITY AS w (name, place)
WHERE NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = w.name)
ORDER BY w.place
