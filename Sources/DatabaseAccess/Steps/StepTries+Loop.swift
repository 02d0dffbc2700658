import Maintenance
import PostgresClient

extension StepTries {
    package enum Ending<End> {
        /// A try has come to an end of its own.
        case ended(End)
        /// The tries have, before the first of them or after one that failed.
        case gaveUp(StepOutcome, after: PostgresError?)
    }

    /// Tries a step until it has ended, and pauses in between.
    ///
    /// - Parameters:
    ///   - waits: the waits for all tables, which those of the step are added to.
    ///   - attempt: one try.
    ///   - examine: called right after a try that failed, with its duration: whoever held a lock for the whole deadline
    ///     usually still has it.
    ///   - willPause: called before the pause that follows a try.
    package mutating func run<End>(
        _ waits: inout LockWaits, isStopRequested: () -> Bool,
        attempt: (StepTries) async throws(PostgresError) -> End,
        examine: (PostgresError, Duration) async -> Failure,
        willPause: (_ attempt: Int, Duration, Failure) -> Void = { _, _, _ in }
    ) async -> Ending<End> {
        var last: PostgresError?
        while true {
            if let outcome = outcomeBeforeTry(waits, isStopRequested: isStopRequested()) {
                return .gaveUp(outcome, after: last)
            }
            let start = ContinuousClock.now
            do throws(PostgresError) {
                return .ended(try await attempt(self))
            } catch {
                last = error
                let failure = await examine(error, start.duration(to: .now))
                let tried = self.attempt
                switch next(after: failure, waits: &waits, jitter: .random(in: 0..<1)) {
                case .tryAgain: continue
                case .end(let outcome): return .gaveUp(outcome, after: error)
                case .pause(let delay):
                    willPause(tried, delay, failure)
                    // If the pause is cancelled, the next question whether to stop notices it.
                    _ = await pause(for: delay)
                }
            }
        }
    }
}
