-- The migrations that the ledger of this database has had, as they were when they were applied.
SELECT m.number, m.name, m.checksum
FROM pgtend_ledger.schema_migrations AS m
ORDER BY m.number
