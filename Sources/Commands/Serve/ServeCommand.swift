import ArgumentParser
import Glibc
import Maintenance
import MaintenanceDatabase
import PostgresClient
import Reporting
import Settings
import Supervision
import SystemdIO

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Do what is due, whenever it is due, until told to stop.",
        discussion: """
            The service. Each kind of work of each database has a schedule: partitions every hour, views and \
            statistics every 15 minutes, unless the configuration says otherwise. It works in the foreground, with \
            systemd or without, and holds no connection between two runs.

            SIGHUP reads the configuration again; one that is not right is refused, and the old one stays. SIGTERM and \
            SIGINT begin no further step, give the running one its grace, and cancel it on the server after that; \
            a second one cancels at once.

            EXAMPLES
              pgtend serve
              pgtend serve --database 'host=/run/postgresql dbname=shop' --schema sales

            \(ExitStatus.serviceHelp)
            """)

    @OptionGroup var databases: DatabaseOptions

    func run() throws {
        guard let loaded = databases.load() else { Glibc.exit(ExitStatus.configuration.rawValue) }
        let configuration = loaded.configuration
        let sink = ReportDestination.standardSink(format: ReportFormat(configuration.logFormat), now: HostClock.now)
        let watchdogInterval: Duration?
        do throws(SystemdError) {
            watchdogInterval = try Watchdog.interval
        } catch {
            StandardOutput.complain("\(error)")
            Glibc.exit(ExitStatus.configuration.rawValue)
        }
        let rereading = ConfigurationRereading(options: databases, inForce: loaded)
        let environment = ServiceEnvironment(
            sink: sink, watchdogInterval: watchdogInterval, reload: rereading.reload, run: Self.run)
        let service = Service(
            ServiceSettings(configuration), start: Service.Start(version: Version.text, configuration: loaded.file),
            environment: environment)
        ServiceProcess.run(service)
    }

    @Sendable private static func run(
        _ order: Supervisor.RunOrder, _ sink: any EventSink, _ stopReason: @escaping @Sendable () -> String?
    ) async -> RunSummary {
        let run = MaintenanceRun(
            definition: order.definition, tasks: [order.order.slot.task], runID: RunID.random(),
            applicationName: "pgtend serve", programVersion: Version.text, order: order.order, installsLedger: true,
            sink: sink)
        return await run.execute(stopReason: stopReason)
    }
}

extension ServiceSettings {
    init(_ configuration: Configuration) {
        self.init(
            databases: configuration.databases, connections: configuration.connections,
            stopGrace: configuration.stopGrace)
    }
}

extension ReportFormat {
    init?(_ format: LogFormat?) {
        switch format {
        case .text?: self = .text
        case .json?: self = .json
        case nil: return nil
        }
    }
}
