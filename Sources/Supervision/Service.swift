import CivilTime
import Dispatch
import Maintenance
import PostgresClient
import Synchronization
import SystemdIO

/// The loop of `pgtend serve`: tells the supervisor what happens, and carries out what the supervisor decides.
///
/// All of it runs on one serial queue, and so does the watchdog's keep-alive ping: if the loop hangs, the pings stop.
/// Runs have queues of their own.
package actor Service {
    private let loop = QueueExecutor(label: "pgtend.service")
    private let environment: ServiceEnvironment
    private let runSink: RunEventFilter
    private let start: Start
    private var supervisor: Supervisor
    private var timer: WakeTimer?
    private var watchdog: (any DispatchSourceTimer)?
    private var runs: [RunName: Task<Void, Never>] = [:]
    /// The closing of connections that no run has taken over.
    private var closing: Task<Void, Never>?
    private var finished: CheckedContinuation<Void, Never>?
    private var isFinished = false
    private var notifiedStatus: String?
    private var notifications = Notifications()
    private nonisolated let stopReason = Mutex<String?>(nil)

    private struct RunName: Hashable {
        let database: String
        let task: TaskKind
    }

    /// What the first event reports: that the service has started, and with which configuration.
    package struct Start: Sendable {
        package var version: String
        /// The path of the configuration file; nil where there is none.
        package var configuration: String?
        /// What is doubtful in the configuration, or has no effect.
        package var warnings: [String]

        package init(version: String, configuration: String?, warnings: [String] = []) {
            self.version = version
            self.configuration = configuration
            self.warnings = warnings
        }
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    package init(_ settings: ServiceSettings, start: Start, environment: ServiceEnvironment) {
        supervisor = Supervisor(settings)
        self.start = start
        self.environment = environment
        runSink = RunEventFilter(before: environment.sink)
    }

    /// Returns once the service has been told to stop and its last run has ended.
    package func run() async {
        // A signal may have stopped the service before it began.
        if isFinished { return }
        timer = WakeTimer(queue: loop.queue) { self.assumeIsolated { $0.handle(.woke) } }
        startWatchdog()
        let databases = supervisor.databases.map(\.definition.name)
        report(.started(version: start.version, databases: databases, configuration: start.configuration))
        if !start.warnings.isEmpty { report(.configurationWarned(warnings: start.warnings)) }
        notify([.ready])
        handle(.woke)
        await withCheckedContinuation { continuation in
            // The last run may have ended before this.
            if isFinished { continuation.resume() } else { finished = continuation }
        }
        await closing?.value
    }

    /// Reads the configuration again. A run that is under way goes on with the old one.
    package func reload() {
        // A service that is stopping has sent STOPPING=1, and must not send READY=1 after that.
        guard !isFinished, stopReason.withLock({ $0 == nil }) else { return }
        let microseconds = environment.clock().monotonic.microseconds
        notify([.reloading(monotonicMicroseconds: UInt64(max(0, microseconds)))])
        switch environment.reload() {
        case .changed(let settings, let changes, let warnings):
            handle(.reloaded(settings, changes: changes))
            if !warnings.isEmpty { report(.configurationWarned(warnings: warnings)) }
        case .refused(let problems): report(.reloadRefused(problems: problems))
        }
        notifiedStatus = nil
        notify([.ready])
        notifyStatus(at: environment.clock())
    }

    /// From now on no step begins. A step that is running is cancelled on the server after `ServiceSettings.stopGrace`;
    /// a second call cancels it at once.
    package func stop(reason: String) {
        guard !isFinished else { return }
        handle(.stopRequested(reason: reason))
    }

    // MARK: The loop

    /// - Parameter spare: who has carried out the run that has ended, for what follows it.
    private func handle(_ event: Supervisor.Event, spare: (any RunWorker)? = nil) {
        guard !isFinished else { return }
        let now = environment.clock()
        let actions = supervisor.handle(event, at: now)
        if let spare, !actions.contains(where: { $0.order?.isFollower == true }) { finish(spare) }
        for action in actions { perform(action, spare) }
        guard !isFinished else { return }
        // From the moment that the supervisor has seen: what has become due since then is still ahead of it, and wakes
        // at once. On a busy host a pause can be over, or a slot due, before the timer is set.
        timer?.set(supervisor.nextWake(after: now), now: environment.clock())
        notifyStatus(at: now)
    }

    private func finish(_ worker: any RunWorker) {
        closing = Task(executorPreference: QueueExecutor(label: "pgtend.run")) { [closing] in
            await closing?.value
            await worker.finish()
        }
    }

    private func perform(_ action: Supervisor.Action, _ spare: (any RunWorker)?) {
        switch action {
        case .start(let order): startRun(order, by: order.isFollower ? spare : nil)
        case .report(let event): report(event)
        case .drain: drain()
        case .cancel:
            notify([.extendTimeout(Self.cancelTime)])
            for run in runs.values { run.cancel() }
        case .finish: finish()
        }
    }

    /// How long a cancelled run may still take. A connection to a server that does not react to the cancel request is
    /// closed earlier than that.
    private static let cancelTime = Duration.seconds(15)

    private func startRun(_ order: Supervisor.RunOrder, by spare: (any RunWorker)?) {
        // What is being closed still counts among the connections.
        let (worker, sink, closing) = (spare ?? environment.worker(), runSink, spare == nil ? closing : nil)
        let name = RunName(database: order.definition.name, task: order.slotOrder.slot.task)
        // A queue of its own: a run that computes for long must not delay the loop's watchdog pings.
        runs[name] = Task(executorPreference: QueueExecutor(label: "pgtend.run")) {
            await closing?.value
            let summary = await worker.run(order, sink: sink) { self.stopReason.withLock(\.self) }
            await self.runEnded(name, summary, worker)
        }
    }

    /// Sets the reason that the runs look for before each step.
    private func drain() {
        stopReason.withLock { $0 = supervisor.stopReason }
        notify([.stopping, .extendTimeout(supervisor.stopGrace + Self.cancelTime)])
    }

    private func runEnded(_ name: RunName, _ summary: RunSummary, _ worker: any RunWorker) {
        runs[name] = nil
        handle(.runEnded(database: name.database, name.task, summary), spare: worker)
    }

    private func finish() {
        isFinished = true
        timer?.cancel()
        watchdog?.cancel()
        finished?.resume()
        finished = nil
    }

    // MARK: Reporting

    private func report(_ event: ServiceEvent) {
        environment.sink.record(.service(event))
    }

    private func notifyStatus(at now: DualTimestamp) {
        // The status line goes through every task of every database: not worth it where nobody reads it.
        guard environment.notifier.isListening else { return }
        let status = supervisor.status(at: now)
        guard status != notifiedStatus else { return }
        notifiedStatus = status
        notify([.status(status)])
    }

    private func notify(_ states: [NotifyState]) {
        guard environment.notifier.isListening else { return }
        notifications.unsent.add(states, at: environment.clock().monotonic)
        sendNotifications()
    }

    /// On the loop's queue, as a sign of life has to be.
    private func sendNotifications() {
        let now = environment.clock().monotonic
        let events = notifications.send(by: environment.notifier, at: now)
        events.forEach(report)
        guard let pause = notifications.pauseToBegin() else { return }
        loop.queue.asyncAfter(deadline: .now() + .milliseconds(Int(pause / .milliseconds(1)))) {
            self.assumeIsolated { $0.sendNotificationsAgain() }
        }
    }

    private func sendNotificationsAgain() {
        notifications.pauseEnded()
        if !isFinished { sendNotifications() }
    }

    private func startWatchdog() {
        guard let interval = environment.watchdogInterval else { return }
        let period = Int(Watchdog.pingPeriod(of: interval).microseconds)
        let timer = DispatchSource.makeTimerSource(queue: loop.queue)
        timer.schedule(
            deadline: .now() + .microseconds(period), repeating: .microseconds(period),
            leeway: .microseconds(period / 10))
        timer.setEventHandler { self.assumeIsolated { $0.notify([.watchdog]) } }
        timer.activate()
        watchdog = timer
    }
}
