import ArgumentParser

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Compare a database with pgtend's schema, install it, repair it, take it back.",
        subcommands: [
            SchemaVerifyCommand.self, SchemaApplyCommand.self, SchemaRepairCommand.self, SchemaRollbackCommand.self,
        ])
}
