-- The migrations that this database has had, as they were when they were applied.
SELECT m.number, m.name, m.checksum
FROM pgtend.schema_migrations AS m
ORDER BY m.number
