import ArgumentParser
import DatabaseAccess
import Glibc
import Maintenance
import MaintenanceDatabase
import Reporting
import Settings

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do what is due, report it, and exit.",
        discussion: """
            Reads the catalog, plans, executes step by step, and reports each outcome; one that fails never stops \
            the next. A second run on the same database says who is at it, and does the rest.

            EXAMPLES
              pgtend run
              pgtend run partitions --database 'dbname=shop' --schema sales
              pgtend run --dry-run --database shop

            \(ExitStatus.help)
            """)

    @OptionGroup var tasks: TaskOptions
    @OptionGroup var databases: DatabaseOptions

    @Flag(name: .long, help: "Print the plan and change nothing: the same as 'pgtend plan'.")
    var dryRun = false

    func run() throws {
        if dryRun { PlanCommand.show(.text, of: databases, tasks.selected) }
        let loaded = databases.loadOrExit()
        let kinds = tasks.selected
        let format = ReportFormat(loaded.configuration.logFormat)
        Foreground.run {
            let sink = ReportDestination.standardSink(
                format: format, namesDatabases: loaded.configuration.databases.count > 1, now: HostClock.now)
            var statuses: [ExitStatus] = []
            for definition in loaded.configuration.databases {
                let run = MaintenanceRun(
                    definition: definition, tasks: kinds, runID: RunID.random(), applicationName: "pgtend run",
                    programVersion: Version.text,
                    sink: sink)
                let summary = await run.execute(stopReason: Foreground.stopReason)
                statuses.append(ExitStatus(summary.verdict))
                if Task.isCancelled { break }
            }
            return ExitStatus.mostSevere(statuses)
        }
    }
}

/// The id of a run in its reports and in the ledger: 128 random bits in 32 hexadecimal digits, like a systemd id128.
enum RunID {
    static func random() -> String {
        (0..<2).map { _ in
            let half = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
    }
}
