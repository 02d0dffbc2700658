import Dispatch
import Synchronization

/// Waits without Swift's own thread pool, unlike `Task.sleep`; `QueueExecutor` says why.
///
/// - Returns: true when the time is over; false, at once, when the task is or has been cancelled.
package nonisolated(nonsending) func pause(for duration: Duration) async -> Bool {
    let pause = Pause()
    return await withTaskCancellationHandler {
        await withCheckedContinuation { pause.begin(duration, $0) }
    } onCancel: {
        pause.end(early: true)
    }
}

/// One pause. A cancellation may end it before it has begun.
private final class Pause: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Bool, Never>?
        var timer: (any DispatchSourceTimer)?
        var outcome: Bool?
    }

    private let state = Mutex(State())

    func begin(_ duration: Duration, _ continuation: CheckedContinuation<Bool, Never>) {
        let outcome = state.withLock { state -> Bool? in
            if let outcome = state.outcome { return outcome }
            let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "pgtend.pause"))
            timer.schedule(deadline: .now() + .nanoseconds(duration.wholeNanoseconds))
            timer.setEventHandler { self.end(early: false) }
            state.continuation = continuation
            state.timer = timer
            timer.activate()
            return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    func end(early: Bool) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if state.outcome == nil { state.outcome = !early }
            state.timer?.cancel()
            state.timer = nil
            return state.continuation.take()
        }
        continuation?.resume(returning: !early)
    }
}
