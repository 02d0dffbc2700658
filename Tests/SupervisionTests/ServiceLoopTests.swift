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
            run: { order, _, _ in
                attempt.yield(order.slotOrder.attempt)
                let slot = order.slotOrder.slot
                return RunSummary(
                    runID: "0", database: order.definition.name, tasks: [slot.task],
                    startedAt: ServiceEnvironment.hostClock().wall, failure: .down,
                    slot: SlotReport(slot: slot, attempt: order.slotOrder.attempt))
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

private struct Silence: EventSink {
    func record(_ event: MaintenanceEvent) {}
}
