-- Which database this is, by its own name, and whether it has the record of what the migration made.
SELECT current_database() AS database, to_regclass('pgtend.schema_makings') IS NOT NULL AS has_makings
