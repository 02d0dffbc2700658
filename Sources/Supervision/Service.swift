import CivilTime
import Dispatch
import Maintenance
import PostgresClient
import Synchronization
import SystemdIO

/// The loop of `pgtend serve`: tells the supervisor what happens, and does what it decides.
///
/// Everything of it happens on one serial queue, the sign of life for the watchdog too, so that a loop that hangs gives
/// none. Runs have queues of their own.
package actor Service {
    private let loop = QueueExecutor(label: "pgtend.service")
    private let environment: ServiceEnvironment
    private let runSink: RunEventFilter
    private let start: Start
    private var supervisor: Supervisor
    private var timer: WakeTimer?
    private var watchdog: (any DispatchSourceTimer)?
    private var runs: [RunName: Task<Void, Never>] = [:]
    private var finished: CheckedContinuation<Void, Never>?
    private var isFinished = false
    private var notifiedStatus: String?
    private nonisolated let stopReason = Mutex<String?>(nil)

    private struct RunName: Hashable {
        let database: String
        let task: TaskKind
    }

    /// What is said first.
    package struct Start: Sendable {
        package var version: String
        /// The file; nil where there is none.
        package var configuration: String?
        /// What is doubtful in it.
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

    /// Works until it is told to stop, and its last run has ended.
    package func run() async {
        // A signal may have come first.
        if isFinished { return }
        timer = WakeTimer(queue: loop.queue) { self.assumeIsolated { $0.handle(.woke) } }
        startWatchdog()
        let databases = supervisor.databases.map(\.definition.name)
        report(.started(version: start.version, databases: databases, configuration: start.configuration))
        if !start.warnings.isEmpty { report(.configurationWarned(warnings: start.warnings)) }
        notify([.ready])
        handle(.woke)
        if isFinished { return }
        await withCheckedContinuation { finished = $0 }
    }

    /// Reads the configuration again. Running work goes on as it began.
    package func reload() {
        // One that stops has said so to the service manager, and is not to be ready again.
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

    /// No step begins from now on; after a grace what is running is cancelled on the server. The second call does not
    /// wait for that.
    package func stop(reason: String) {
        guard !isFinished else { return }
        handle(.stopRequested(reason: reason))
    }

    // MARK: The loop

    private func handle(_ event: Supervisor.Event) {
        guard !isFinished else { return }
        for action in supervisor.handle(event, at: environment.clock()) { perform(action) }
        guard !isFinished else { return }
        let now = environment.clock()
        timer?.set(supervisor.nextWake(after: now), now: now)
        notifyStatus(at: now)
    }

    private func perform(_ action: Supervisor.Action) {
        switch action {
        case .start(let order): startRun(order)
        case .report(let event): report(event)
        case .drain: drain()
        case .cancel:
            notify([.extendTimeout(Self.cancelTime)])
            for run in runs.values { run.cancel() }
        case .finish: finish()
        }
    }

    /// For a server that does not answer a cancel: the connection is given up before.
    private static let cancelTime = Duration.seconds(15)

    private func startRun(_ order: Supervisor.RunOrder) {
        let (run, sink) = (environment.run, runSink)
        let name = RunName(database: order.definition.name, task: order.slotOrder.slot.task)
        // A queue of its own: what a run computes never keeps the loop from its watchdog.
        runs[name] = Task(executorPreference: QueueExecutor(label: "pgtend.run")) {
            let summary = await run(order, sink) { self.stopReason.withLock(\.self) }
            await self.runEnded(name, summary)
        }
    }

    /// The runs ask for the reason before each step.
    private func drain() {
        stopReason.withLock { $0 = supervisor.stopReason }
        notify([.stopping, .extendTimeout(supervisor.stopGrace + Self.cancelTime)])
    }

    private func runEnded(_ name: RunName, _ summary: RunSummary) {
        runs[name] = nil
        handle(.runEnded(database: name.database, name.task, summary))
    }

    private func finish() {
        isFinished = true
        timer?.cancel()
        watchdog?.cancel()
        finished?.resume()
        finished = nil
    }

    // MARK: Telling

    private func report(_ event: ServiceEvent) {
        environment.sink.record(.service(event))
    }

    private func notifyStatus(at now: DualTimestamp) {
        // It looks at every task of every database: not for nobody.
        guard environment.notifier.isListening else { return }
        let status = supervisor.status(at: now)
        guard status != notifiedStatus else { return }
        notifiedStatus = status
        notify([.status(status)])
    }

    private func notify(_ states: [NotifyState]) {
        do throws(SystemdError) {
            try environment.notifier.send(states)
        } catch {
            environment.sink.record(.service(.notificationFailed(error.description)))
        }
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
