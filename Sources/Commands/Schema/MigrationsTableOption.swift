import ArgumentParser
import MaintenanceDatabase

struct MigrationsTableOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where golang-migrate records this schema, or 'none'. (default: schema_migrations, in the schema or in public)",
            valueName: "schema.table"))
    var migrationsTable: String?

    var table: ForeignRecordTable { ForeignRecordTable(migrationsTable) }
}
