import Glibc
import PostgresClient
import Synchronization

/// What a command needs of the kernel besides its work. Dispatch does not say what it lacks: without files it has no timers,
/// and without threads it tries again each second.
enum ProcessLimits {
    /// Dispatch's own (epoll, an event, a timer for each clock), the service manager's and the journal's sockets, and what
    /// opening two connections takes.
    private static let files = 12
    /// Dispatch's manager, the loop, the writer of reports, a run with its two connections, and some for look-ups.
    private static let threads = 12

    /// Opens and starts as much as it takes at once, and gives it back.
    ///
    /// - Returns: nil if that succeeds; otherwise which limit is in the way, with its names.
    static func obstacle() -> String? { OpenFiles.obstacle(to: files) ?? threadObstacle() }

    private static func threadObstacle() -> String? {
        // Each waits for the lock, so that all are there at once.
        let gate = Gate()
        var started: [pthread_t] = []
        gate.close()
        defer {
            gate.open()
            for thread in started { pthread_join(thread, nil) }
        }
        while started.count < threads {
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { gate in
                    if let gate { Unmanaged<Gate>.fromOpaque(gate).takeUnretainedValue().pass() }
                    return nil
                }, Unmanaged.passUnretained(gate).toOpaque())
            guard code == 0 else {
                return
                    "only \(started.count) threads can be started, and it takes \(threads): see the limit of processes "
                    + "of this user (RLIMIT_NPROC: `ulimit -u`, LimitNPROC= of the unit), TasksMax= of the unit, and memory"
            }
            started.append(thread)
        }
        return nil
    }

    private final class Gate: Sendable {
        private let lock = Lock()

        func close() { pthread_mutex_lock(lock.mutex) }
        func open() { pthread_mutex_unlock(lock.mutex) }
        func pass() {
            close()
            open()
        }

        /// Locked and unlocked by the same thread, but not in one scope.
        private final class Lock: @unchecked Sendable {
            let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

            init() { pthread_mutex_init(mutex, nil) }

            deinit {
                pthread_mutex_destroy(mutex)
                mutex.deallocate()
            }
        }
    }
}
