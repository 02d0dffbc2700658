import ArgumentParser
import DatabaseAccess
import Glibc
import Maintenance
import MaintenanceDatabase
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

            It needs no superuser, and says once where it was given one: GRANT its role each owner whose tables it \
            works on, and make it a schema pgtend_ledger (docs/privileges.md).

            EXAMPLES
              pgtend serve
              pgtend serve --database 'host=/run/postgresql dbname=shop' --schema sales

            \(ExitStatus.serviceHelp)
            """)

    @OptionGroup var databases: DatabaseOptions

    func run() throws {
        if let obstacle = ProcessLimits.obstacle() {
            sink(databases.logFormat).record(.service(.startHindered(limit: obstacle)))
            Glibc.exit(ExitStatus.limited.rawValue)
        }
        let loaded: LoadedConfiguration
        let watchdogInterval: Duration?
        switch databases.load() {
        case .success(let configuration): loaded = configuration
        case .failure(let refusal): refuse(refusal.problems)
        }
        do throws(SystemdError) {
            watchdogInterval = try Watchdog.interval
        } catch {
            refuse(["environment: \(error)"])
        }
        let configuration = loaded.configuration
        let rereading = ConfigurationReloader(options: databases, inForce: loaded)
        let environment = ServiceEnvironment(
            sink: sink(configuration.logFormat), watchdogInterval: watchdogInterval, reload: rereading.reload,
            worker: { ServiceWorker() })
        let service = Service(
            ServiceSettings(configuration),
            start: Service.Start(
                version: Version.text, configuration: loaded.file, warnings: loaded.warnings.map(\.description)),
            environment: environment)
        ServiceProcess.run(service)
    }

    /// Reports the problems as the service would, and exits.
    private func refuse(_ problems: [String]) -> Never {
        sink(databases.logFormat).record(.service(.startRefused(problems: problems)))
        Glibc.exit(ExitStatus.configuration.rawValue)
    }

    private func sink(_ format: LogFormat?) -> any EventSink {
        // Also where there is one: a reload may add another.
        ReportDestination.standardSink(
            format: ReportFormat(format), namesDatabases: true, now: HostClock.now, isService: true)
    }
}

/// Carries out runs of the service, one after the other on the same connection.
private actor ServiceWorker: RunWorker {
    private var connection: KeptConnection?

    func run(
        _ order: Supervisor.RunOrder, sink: any EventSink, stopReason: @escaping @Sendable () -> String?
    ) async -> RunSummary {
        let run = MaintenanceRun(
            definition: order.definition, tasks: [order.slotOrder.slot.task], runID: RunID.random(),
            applicationName: "pgtend serve", programVersion: Version.text, order: order.slotOrder, installsLedger: true,
            sink: sink)
        var kept = connection.take()
        let summary = await run.execute(passing: &kept, stopReason: stopReason)
        connection = kept
        return summary
    }

    func finish() async {
        await connection.take()?.close()
    }
}

extension ServiceSettings {
    init(_ configuration: Configuration) {
        self.init(
            databases: configuration.databases, connections: configuration.connections,
            stopGrace: configuration.stopGrace)
    }
}
