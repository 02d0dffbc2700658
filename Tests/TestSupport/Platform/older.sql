-- The platform's database as the twenty-four migrations up to 28 leave it: what recent.sql has, and no more.
INSERT INTO public.schema_migrations VALUES (28, false);
