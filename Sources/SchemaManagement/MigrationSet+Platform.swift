import DatabaseAccess
import EmbeddedSQL

extension MigrationSet {
    /// The platform's schema, for `pgtend schema apply`.
    package static let platform = MigrationSet(
        migrations: EmbeddedSQL.migrations, title: "the schema", target: "the database", ownSchema: "pgtend",
        historyTable: "pgtend.schema_migrations",
        historyTableFile: EmbeddedSQL.platformFolder + "queries/history_table",
        createdObjectsFile: EmbeddedSQL.platformFolder
            + "migrations/0001_consolidated_schema/foundation/created_objects.sql",
        hasHistoryQuery: SchemaQuery.session(), historyQuery: SchemaQuery.history(),
        missingPrivilegesQuery: SchemaQuery.rights(),
        superuserCure: "apply it as a superuser, or let one run", lockNumber: 100, lockTimeout: .seconds(2))
}
