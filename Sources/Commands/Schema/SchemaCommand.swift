import ArgumentParser

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Install the schema that is part of pgtend, and compare a database with it.",
        subcommands: [
            SchemaVerifyCommand.self, SchemaApplyCommand.self, SchemaRepairCommand.self, SchemaRollbackCommand.self,
        ])
}
