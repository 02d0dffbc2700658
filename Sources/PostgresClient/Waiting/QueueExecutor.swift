import Dispatch

/// Runs actors and tasks on one serial `DispatchQueue`.
///
/// A daemon that uses only such executors never starts Swift's own thread pool: once that pool has been used,
/// libdispatch wakes up every second for the rest of the process. Handlers of Dispatch sources on `queue` may use the
/// isolated state of an actor on this executor directly (`assumeIsolated`), since both run on the same queue.
///
/// An actor returns `asUnownedSerialExecutor()` as its `unownedExecutor`; a task takes the object itself as its
/// `executorPreference`. These are two objects, because the runtime distinguishes between jobs of an actor and jobs of
/// a task: given the wrong executor, it sends every `await` through the queue once more.
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

    /// Does not retain the executor: the actor has to keep it for its whole life.
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
