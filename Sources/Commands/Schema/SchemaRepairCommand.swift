import ArgumentParser
import Maintenance
import Reporting
import SchemaDesign
import SchemaManagement
import Settings

struct SchemaRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Bring a database that has the schema in part to the whole, and out of a dirty migration state.",
        discussion: """
            Compares the database with the schema, counts in its rows what stands in the way, and does what is missing: \
            no row is lost, nothing is dropped that holds data, and who reads or writes meanwhile waits for no longer \
            than the lock limit of the configuration. Whatever interrupts it, the next call goes on. golang-migrate's \
            dirty flag is cleared only when the database has verified.

            Where only a person can decide, nothing at all is changed, and the reasons are printed with their counts.

            \(ChangedDatabases.help)

            EXAMPLES
              pgtend schema repair --plan --database 'host=/run/postgresql dbname=platform'
              pgtend schema repair --map legacy=service --database dbname=platform
              pgtend schema repair --map tasks.status:done=completed --database platform

            \(ExitStatus.schemaHelp)
            """)

    @OptionGroup var databases: ChangedDatabases

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What an old value is called by now.",
            discussion:
                "OLD holds no '='. TABLE.COLUMN: before it makes it for that column only, where it wins over one for "
                + "all, wherever that stands. An OLD with ':' needs it. Repeatable.",
            valueName: "[table.column:]old=new"))
    var map: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which column of the table has had the values of this one so far. Repeatable.",
            valueName: "table.column=source"))
    var column: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What rows without a value of the column get. Repeatable.", valueName: "table.column=value"))
    var fill: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Make this table of the schema anew, with the rows of the table or view that has its name; that stays as "
                + "pgtend_old_TABLE. Repeatable.", valueName: "table"))
    var replace: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Call this table or view pgtend_aside_NAME: it is in the way, and nothing copies its rows. Repeatable.",
            valueName: "name"))
    var setAside: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Drop this policy, trigger, constraint or index, which is in the way. Repeatable.", valueName: "table.name")
    )
    var drop: [String] = []

    @Flag(
        name: .long,
        help: "Drop triggers that do what one of the schema's does, and record every change a second time.")
    var replaceTriggers = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The search_path that programs of the platform set: triggers fire under it when rows are changed.",
            discussion: "Else under that of the role that owns their functions, where it has one in this database.",
            valueName: "schemas"))
    var searchPath: String?

    @OptionGroup var records: MigrationsTableOption

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Make golang-migrate's number, where it counts the platform's own files, that of this schema.",
            discussion: takingOver))
    var takeOverMigrations = false

    static let takingOver =
        "Before --take-over-migrations, replace the platform's folder of migrations by the one that pgtend's sql/ has generated for golang-migrate: "
        + "else its next 'migrate up' applies its files from the second on once more. The number that was there is kept in "
        + "pgtend.schema_steps"

    @OptionGroup var trust: TrustOption

    @Flag(name: .long, help: "Print what would be done, with SQL and locks, and change nothing.")
    var plan = false

    func validate() throws {
        let problems = ValueMapping.problems(of: map)
        let all =
            problems.map { "--map \($0.visible)" }
            + ColumnChoice.problems(of: column, isValue: false).map { "--column \($0.visible)" }
            + ColumnChoice.problems(of: fill, isValue: true).map { "--fill \($0.visible)" }
            + RepairChoices.problems(replaced: replace, setAside: setAside, dropped: drop).map(\.visible)
            + (searchPath.map { RepairChoices.isPath($0) } ?? true
                ? []
                : [
                    "--search-path '\(searchPath?.visible ?? "")': expected names of schemas, without pg_catalog and pg_temp"
                ])
        guard all.isEmpty else { throw ValidationError(all.joined(separator: "\n")) }
    }

    func run() throws {
        let loaded = databases.loadOrExit(for: "repair", changing: !plan)
        let confirmation = plan ? nil : databases.confirmation
        let trusted = trust.trust
        let (isPlan, golangMigrateTable, takesOver) = (plan, records.table, takeOverMigrations)
        let choices = RepairChoices(
            mappings: map.compactMap { ValueMapping($0) }, sources: column.compactMap { ColumnChoice($0) },
            fillings: fill.compactMap { ColumnChoice($0) }, replaced: replace, setAside: setAside,
            dropped: drop.compactMap { PartChoice($0) }, replacesTriggers: replaceTriggers,
            searchPath: searchPath)
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let refused = try await confirmation?.refuse(
                    definition, for: "pgtend schema repair", to: "repair its schema")
                if let refused { return refused }
                let repair = SchemaRepair(
                    conninfo: definition.conninfo, applicationName: "pgtend schema repair",
                    programVersion: Version.text, choices: choices, locks: definition.locks,
                    golangMigrateTable: golangMigrateTable, takesOverMigrations: takesOver,
                    release: .platform(recordedBy: definition.ledger.owner),
                    trusting: trusted)
                if isPlan {
                    let diagnosis = try await repair.plan()
                    StandardOutput.write(SchemaPlanText(definition.name, diagnosis).rendered)
                    return SchemaPlanText.status(ofPlan: diagnosis)
                }
                let text = SchemaProgressPrinter(definition.name)
                return text.ended(
                    try await repair.run(begun: text.begun, progressed: text.progressed, done: text.done))
            } show: { status, _ in
                status
            }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }
}
