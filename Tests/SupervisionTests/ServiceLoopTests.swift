import Dispatch
import Maintenance
import Supervision
import Synchronization
import Testing

@Suite("Loop of the service")
struct ServiceLoopTests {
    /// The loop of a busy host: two seconds pass between any two of its looks at the clock, and the first pause is
    /// never longer than one.
    @Test(.timeLimit(.minutes(1))) func triesAgainWhenThePauseIsOverBeforeTheTimerIsSet() async {
        let delay = Mutex(Duration.zero)
        let (attempts, attempt) = AsyncStream.makeStream(of: Int.self)
        var environment = ServiceEnvironment(
            sink: Silence(), reload: { .refused(problems: []) },
            worker: {
                SampleWorker { order in
                    attempt.yield(order.slotOrder.attempt)
                    return .ended(order, failure: .down)
                }
            })
        environment.clock = {
            let late = delay.withLock { delay in
                delay += .seconds(2)
                return delay
            }
            let now = ServiceEnvironment.hostClock()
            return DualTimestamp(
                wall: now.wall.adding(microseconds: late.microseconds), monotonic: now.monotonic + late)
        }
        let service = Service(
            // No other slot falls due meanwhile, whatever the time is.
            ServiceSettings(databases: [.viewsOnly(every: .seconds(7 * 86_400))]),
            start: Service.Start(version: "0", configuration: nil),
            environment: environment)
        let work = Task { await service.run() }
        var seen: [Int] = []
        for await number in attempts {
            seen.append(number)
            if number == 2 { break }
        }
        #expect(seen == [1, 2])
        await service.stop(reason: "the test is over")
        await work.value
    }
}

extension ServiceLoopTests {
    /// All is over before `run` has come to its wait.
    @Test(.timeLimit(.minutes(1))) func aStopInTheMomentOfTheStartIsObeyed() async {
        let sink = StoppingSink()
        let environment = ServiceEnvironment(
            sink: sink, reload: { .refused(problems: []) }, worker: { SampleWorker { .ended($0) } })
        let service = Service(
            ServiceSettings(databases: []), start: Service.Start(version: "0", configuration: nil),
            environment: environment)
        sink.service.withLock { $0 = service }
        // As the process has it: on an executor that is not the service's.
        await Task(executorPreference: SampleExecutor()) { await service.run() }.value
    }

    /// Two databases with two tasks each, for which there is one run at a time.
    @Test(.timeLimit(.minutes(1))) func whatNoRunTakesOverIsClosedBeforeTheNextBegins() async {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let workers = Mutex(0)
        let environment = ServiceEnvironment(
            sink: Silence(), reload: { .refused(problems: []) },
            worker: {
                let number = workers.withLock { number in
                    number += 1
                    return number
                }
                return SampleWorker { order in
                    line.yield("\(number) \(order.slotOrder.slot.task.rawValue) of \(order.definition.name)")
                    return .ended(order)
                } ending: {
                    // Long enough for whatever does not wait for it.
                    try? await Task.sleep(for: .milliseconds(20))
                    line.yield("\(number) finished")
                }
            })
        let databases = ["a", "b"].map { name in
            var definition = DatabaseDefinition.viewsOnly(name, every: .seconds(7 * 86_400))
            definition.statistics.discover = true
            definition.statistics.schedule = TaskSchedule(.every(.seconds(7 * 86_400)))
            return definition
        }
        let service = Service(
            ServiceSettings(databases: databases, connections: 2),
            start: Service.Start(version: "0", configuration: nil), environment: environment)
        let work = Task { await service.run() }
        var (said, next): ([String], _) = ([], lines.makeAsyncIterator())
        while said.last?.hasSuffix("statistics of b") != true, let line = await next.next() { said.append(line) }
        await service.stop(reason: "the test is over")
        await work.value
        line.finish()
        while let line = await next.next() { said.append(line) }
        #expect(
            said == [
                "1 views of a", "1 statistics of a", "1 finished", "2 views of b", "2 statistics of b", "2 finished",
            ])
    }
}

extension RunSummary {
    fileprivate static func ended(_ order: Supervisor.RunOrder, failure: ServerFailure? = nil) -> RunSummary {
        let slot = order.slotOrder.slot
        let state = failure == nil ? SlotReport.State.ran(late: false) : .open
        return RunSummary(
            runID: "0", database: order.definition.name, tasks: [slot.task],
            startedAt: ServiceEnvironment.hostClock().wall, failure: failure,
            slot: SlotReport(slot: slot, attempt: order.slotOrder.attempt, state: state))
    }
}

/// Stops the service when it says that it has started.
private final class StoppingSink: EventSink {
    let service = Mutex<Service?>(nil)

    func record(_ event: MaintenanceEvent) {
        guard case .service(.started) = event, let service = service.withLock(\.self) else { return }
        let executor = SampleExecutor()
        Task(executorPreference: executor) { await service.stop(reason: "at once") }
        // Until it waits for its turn on the service.
        executor.queue.sync {}
    }
}

private final class SampleExecutor: TaskExecutor {
    let queue = DispatchQueue(label: "test")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

private struct SampleWorker: RunWorker {
    let run: @Sendable (Supervisor.RunOrder) async -> RunSummary
    var ending: @Sendable () async -> Void = {}

    func run(
        _ order: Supervisor.RunOrder, sink: any EventSink, stopReason: @escaping @Sendable () -> String?
    ) async -> RunSummary {
        await run(order)
    }

    func finish() async { await ending() }
}

private struct Silence: EventSink {
    func record(_ event: MaintenanceEvent) {}
}
