import Dispatch

/// Runs actors and tasks on one serial `DispatchQueue`.
///
/// A daemon that keeps to such executors never touches Swift's own pool: once that has been used, libdispatch wakes
/// up every second for the rest of the process. Dispatch sources made on `queue` may use the isolated state of an
/// actor on this executor directly, since both run on the same queue.
///
/// An actor returns `asUnownedSerialExecutor()` as its `unownedExecutor`; a task takes the object itself as its
/// `executorPreference`. The two sides are two objects: the runtime tells a job that runs for an actor from one that
/// runs for a task, and where it is told the wrong one it sends every `await` once more through the queue.
package final class QueueExecutor: TaskExecutor {
    package let queue: DispatchQueue
    private let actorSide: ActorSide

    package init(label: String) {
        queue = DispatchQueue(label: label)
        actorSide = ActorSide(queue)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// For an actor that keeps this executor for as long as it lives itself.
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        actorSide.asUnownedSerialExecutor()
    }

    private final class ActorSide: SerialExecutor {
        private let queue: DispatchQueue

        init(_ queue: DispatchQueue) {
            self.queue = queue
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }

        func checkIsolated() {
            dispatchPrecondition(condition: .onQueue(queue))
        }
    }
}
