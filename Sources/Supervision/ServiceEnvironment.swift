import DatabaseAccess
import Glibc
import Maintenance
import SystemdIO

/// Everything that the service needs from outside: sinks, clocks, the configuration and the runs. Tests replace it.
package struct ServiceEnvironment: Sendable {
    /// Where events go. It is called on the loop's own queue too, so it must not wait for whoever reads them
    /// (`OutputQueue`): then the service would hang, until the service manager's watchdog kills it.
    package var sink: any EventSink
    package var notifier: ServiceNotifier
    /// How long the service manager's watchdog waits for a ping (WatchdogSec=); nil without a watchdog.
    package var watchdogInterval: Duration?
    package var clock: @Sendable () -> DualTimestamp
    /// Reads the configuration again.
    package var reload: @Sendable () -> Reload
    /// Who carries out a run, and what follows it in its database.
    package var worker: @Sendable () -> any RunWorker

    package enum Reload: Sendable {
        case changed(ServiceSettings, changes: [String], warnings: [String])
        /// The old configuration stays in force. Each problem names its place in the file.
        case refused(problems: [String])
    }

    package init(
        sink: any EventSink, notifier: ServiceNotifier = ServiceNotifier(), watchdogInterval: Duration? = nil,
        clock: @escaping @Sendable () -> DualTimestamp = ServiceEnvironment.hostClock,
        reload: @escaping @Sendable () -> Reload, worker: @escaping @Sendable () -> any RunWorker
    ) {
        self.sink = sink
        self.notifier = notifier
        self.watchdogInterval = watchdogInterval
        self.clock = clock
        self.reload = reload
        self.worker = worker
    }

    /// The clocks of this host.
    @Sendable package static func hostClock() -> DualTimestamp {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let monotonic = Duration.seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        return DualTimestamp(wall: HostClock.now(), monotonic: monotonic)
    }
}
