import Dispatch

/// Runs actors and tasks on one serial `DispatchQueue`.
///
/// A daemon that keeps to such executors never touches Swift's own pool: once that has been used, libdispatch wakes
/// up every second for the rest of the process. Dispatch sources made on `queue` may use the isolated state of an
/// actor on this executor directly, since both run on the same queue.
package final class QueueExecutor: SerialExecutor, TaskExecutor {
    package let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
