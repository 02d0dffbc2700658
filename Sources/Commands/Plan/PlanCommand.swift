import ArgumentParser
import Maintenance
import MaintenanceDatabase

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what 'pgtend run' would do now, why, and with which locks; change nothing.",
        discussion: """
            Reads the catalog in one read-only transaction. Exits with 0 when there is nothing that a run would have \
            to refuse, else as 'pgtend run' would.

            EXAMPLES
              pgtend plan --database 'dbname=shop' --schema sales
              pgtend plan partitions --sql --database shop > partitions.sql
              pgtend plan --json
            """)

    @OptionGroup var tasks: TaskOptions
    @OptionGroup var databases: DatabaseOptions

    @Flag(name: .long, help: "Print the plan as a script for psql; with --json, each step with its SQL.")
    var sql = false

    @Flag(name: .long, help: "Print one JSON document for programs.")
    var json = false

    @Flag(
        name: .long,
        help:
            "Count all rows in DEFAULT partitions that belong into new ones, however long it takes; else some, for 2 s."
    )
    var rows = false

    func run() throws {
        Self.show(
            json ? .document(withSQL: sql) : sql ? .script : .text, of: databases, tasks.selected,
            counting: rows ? .all : .some)
    }

    enum Form {
        case text
        case script
        case document(withSQL: Bool)

        /// A script asks for the statements of one step after another.
        fileprivate var needsAllSQL: Bool {
            switch self {
            case .text, .script: false
            case .document(let withSQL): withSQL
            }
        }
    }

    /// Prints the plans of the databases, and exits. Also implements `run --dry-run`.
    static func show(
        _ form: Form, of databases: DatabaseOptions, _ tasks: [TaskKind], counting: DefaultCounting = .some
    ) -> Never {
        let loaded = databases.loadOrExit()
        Foreground.run {
            let answers = await DatabaseAnswers(of: loaded.configuration.databases) {
                (definition) async throws(ServerFailure) in
                let run = MaintenanceRun(
                    definition: definition, tasks: tasks, runID: RunID.random(), applicationName: "pgtend plan",
                    programVersion: Version.text, sink: NullSink())
                let (plan, serverVersion) = try await run.plan(counting: counting)
                return try PlannedDatabase(
                    plan: plan, serverVersion: serverVersion, schemas: definition.schemas, withSQL: form.needsAllSQL)
            } show: { (database, gap) throws(ServerFailure) in
                switch form {
                case .text: StandardOutput.write(gap + PlanText(database).rendered)
                case .script: try PlanScript(database).write(after: gap, StandardOutput.write)
                case .document: break
                }
                return database.status
            }
            if case .document = form { StandardOutput.write(PlanDocument(answers.found, answers.failures).rendered) }
            return ExitStatus.mostSevere(answers.statuses)
        }
    }
}

/// Discards events, for commands that print an answer and report nothing.
struct NullSink: EventSink {
    func record(_ event: MaintenanceEvent) {}
}
