import ArgumentParser
import SchemaManagement

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract:
            "Compare a database with pgtend's schema, install it, repair it, list what that set aside, take it back.",
        subcommands: [
            SchemaVerifyCommand.self, SchemaApplyCommand.self, SchemaRepairCommand.self, SchemaLeftoversCommand.self,
            SchemaRollbackCommand.self,
        ])
}

/// The flag of the `schema` commands that read or write golang-migrate's table.
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

/// The flag of the `schema` commands that may run code of whoever has something in the schema.
struct TrustOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A role whose code may run with your rights: it has something in the schema. Repeatable.",
            valueName: "role"))
    var trust: [String] = []
}
