import TestSupport
import Testing

@testable import PostgresClient

@Suite("State of a connection")
struct ConnectionStateTests {
    /// Plays random events against the state and a model of the world beside it, on a clock of its own.
    @Test func neverCancelsTwiceNorEndsWithARequestUnderWay() {
        var random = Seeded()
        var endings: Set<String> = []
        for _ in 0..<5_000 {
            var now = ContinuousClock.Instant.now
            let start = now
            var state = ConnectionState()
            let limit: Duration? = Bool.random(using: &random) ? .milliseconds(30) : nil
            state.begin(ConnectionState.Limits(limit: limit, grace: .milliseconds(20), from: now))
            var (requests, isUnderWay, isServerDone, isOver) = (0, false, false, false)
            for _ in 0..<200 where !isOver {
                switch Int.random(in: 0..<6, using: &random) {
                case 0: now += .milliseconds(Int.random(in: 0...25, using: &random))
                case 1: isServerDone = isServerDone || Int.random(in: 0..<4, using: &random) == 0
                case 2 where isUnderWay:
                    isUnderWay = false
                    state.cancelRequestEnded()
                case 3 where Int.random(in: 0..<4, using: &random) == 0:
                    if state.interrupt(.cancelled, now: now) { (requests, isUnderWay) = (requests + 1, true) }
                default: break
                }
                switch state.next(now: now, isServerDone: isServerDone) {
                case .wait(let until):
                    #expect(!isServerDone || isUnderWay, "waits for nothing; seed \(random.seed)")
                    #expect(until.map { $0 > now } ?? (limit == nil), "seed \(random.seed)")
                case .requestCancel:
                    (requests, isUnderWay) = (requests + 1, true)
                case .finish(let interruption):
                    isOver = true
                    #expect(isServerDone && !isUnderWay, "seed \(random.seed)")
                    #expect((interruption != nil) == (requests == 1), "seed \(random.seed)")
                    endings.insert(interruption.map { "\($0)" } ?? "done")
                case .abandon(let error):
                    isOver = true
                    #expect(requests == 1 && now - start >= .milliseconds(20), "seed \(random.seed)")
                    endings.insert("\(error.kind)")
                }
                #expect(requests <= 1, "seed \(random.seed)")
            }
        }
        #expect(endings == ["done", "cancelled", "timedOut(after: 0.03 seconds)", "timedOut"])
    }

    @Test func staysBrokenByTheFirstError() {
        var state = ConnectionState()
        state.markBroken(PostgresError(.connection, "first"))
        state.markBroken(PostgresError(.connection, "second"))
        guard case .abandon(let error) = state.next(now: .now, isServerDone: true) else {
            Issue.record("a broken connection goes on")
            return
        }
        #expect(error.message == "first")
    }

    @Test func admitsInTheOrderOfArrival() {
        var turns = TurnQueue<String>()
        let first = turns.takeIfFree()
        #expect(first)
        let numbers = (0..<4).map { _ in turns.drawNumber() }
        for (number, name) in zip(numbers, ["a", "b", "c", "d"]) {
            let isFree = turns.takeIfFree()
            #expect(!isFree)
            turns.enqueue(name, number: number)
        }
        let left = [turns.remove(number: numbers[1]), turns.remove(number: numbers[1])]
        #expect(left == ["b", nil])
        let passed = [turns.passOn(), turns.passOn(), turns.passOn(), turns.passOn()]
        #expect(passed == ["a", "c", "d", nil])
        let last = turns.takeIfFree()
        #expect(last)
    }
}
