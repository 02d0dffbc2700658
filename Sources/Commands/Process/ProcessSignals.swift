import Dispatch
import Glibc

/// Signals as events of a dispatch queue.
enum ProcessSignals {
    /// Blocks the signals. Must be called before any other thread is created, so that all threads inherit the mask.
    ///
    /// Blocked instead of ignored: a dispatch source is registered asynchronously, and a signal that arrives before
    /// stays pending instead of being lost. SIGPIPE is ignored, so that a reader of the reports that exits (`pgtend run
    /// 2>&1 | head`) does not end the run.
    static func block(_ numbers: [Int32]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `handler` for each signal, on a separate queue, so that a program that hangs can still be ended. The
    /// sources have to be kept alive.
    static func receive(_ numbers: [Int32], handler: @escaping @Sendable (Int32) -> Void) -> [any DispatchSourceSignal]
    {
        let queue = DispatchQueue(label: "pgtend.signals")
        return numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(number) }
            source.resume()
            return source
        }
    }

    /// Parks the main thread forever.
    ///
    /// Not with `dispatchMain()`, which waits in sigsuspend(2) with all signals unblocked, so that the first one would
    /// kill the process. Nothing here needs the main queue.
    static func waitForever(keeping sources: [any DispatchSourceSignal]) -> Never {
        while true { withExtendedLifetime(sources) { _ = pause() } }
    }

    /// The name of a signal that pgtend handles; nil for any other.
    static func name(of number: Int32) -> String? {
        switch number {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        case SIGHUP: "SIGHUP"
        default: nil
        }
    }
}
