import ArgumentParser
import MaintenanceDatabase
import SchemaManagement

struct MigrationsTableOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where golang-migrate records this schema, or 'none'. (default: schema_migrations, in the schema or in public)",
            valueName: "schema.table"),
        transform: { text in
            guard let table = GolangMigrateTable(text) else {
                throw ValidationError("expected TABLE or SCHEMA.TABLE, as SQL writes them, or none")
            }
            return table
        })
    var migrationsTable: GolangMigrateTable?

    var table: GolangMigrateTable { migrationsTable ?? .default }
}
