import PostgresClient
import Testing

@Suite("Pause")
struct PauseTests {
    private let executor = QueueExecutor(label: "test.pause")

    @Test func lastsAsLongAsItIsToldTo() async {
        let start = ContinuousClock.now
        let isWhole = await pause(for: .milliseconds(30))
        #expect(isWhole)
        #expect(start.duration(to: .now) >= .milliseconds(30))
    }

    @Test func endsWithTheCancellationOfItsTask() async {
        let start = ContinuousClock.now
        let task = Task(executorPreference: executor) { await pause(for: .seconds(3600)) }
        task.cancel()
        #expect(await task.value == false)
        #expect(start.duration(to: .now) < .seconds(600))
    }

    @Test func doesNotBeginInACancelledTask() async {
        let task = Task(executorPreference: executor) {
            withUnsafeCurrentTask { $0?.cancel() }
            return await pause(for: .seconds(3600))
        }
        #expect(await task.value == false)
    }
}
