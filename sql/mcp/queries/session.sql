-- Whether the schema has ever been applied to this database.
SELECT to_regclass('pgtend.schema_migrations') IS NOT NULL AS has_history
