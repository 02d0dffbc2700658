-- Which database this is, by its own name, and whether it has the record of what the migration made.
SELECT current_database() AS database, to_regclass('pgtend.created_objects') IS NOT NULL AS has_created_objects
