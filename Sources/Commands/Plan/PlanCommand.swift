import ArgumentParser
import Glibc
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

    init() {}

    /// For `run --dry-run`.
    init(tasks: TaskOptions, databases: DatabaseOptions) {
        self.init()
        self.tasks = tasks
        self.databases = databases
        sql = false
        json = false
    }

    func run() throws {
        guard let loaded = databases.load() else { Glibc.exit(ExitStatus.configuration.rawValue) }
        let (kinds, withSQL, json) = (tasks.selected, sql, json)
        Foreground.run {
            var statuses: [ExitStatus] = []
            var planned: [PlannedDatabase] = []
            for definition in loaded.configuration.databases {
                let run = MaintenanceRun(
                    definition: definition, tasks: kinds, runID: RunID.random(), applicationName: "pgtend plan",
                    sink: NoSink())
                do throws(ServerFailure) {
                    let (plan, serverVersion) = try await run.plan()
                    let database = try PlannedDatabase(
                        plan: plan, serverVersion: serverVersion, schemas: definition.schemas, withSQL: withSQL)
                    planned.append(database)
                    statuses.append(database.status)
                    if !json {
                        let text = withSQL ? PlanScript(database).rendered : PlanText(database).rendered
                        // Databases are parted by a blank line.
                        StandardOutput.write(planned.count > 1 ? "\n\(text)" : text)
                    }
                } catch {
                    StandardOutput.complain("\(definition.name): \(error.explained)")
                    statuses.append(ExitStatus(error))
                }
                if Task.isCancelled { break }
            }
            if json { StandardOutput.write(PlanDocument(planned).rendered) }
            return ExitStatus.gravest(statuses)
        }
    }
}

/// A plan is printed, not reported.
private struct NoSink: EventSink {
    func record(_ event: MaintenanceEvent) {}
}
