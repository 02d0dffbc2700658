import Dispatch
import Glibc

/// Signals as events of a queue.
enum ProcessSignals {
    /// To be called before there is a second thread.
    ///
    /// Blocked, not ignored: a source is registered on its own time, and a signal that comes before that waits for it
    /// instead of being lost. SIGPIPE is ignored: a reader of the reports that goes away (`pgtend run 2>&1 | head`)
    /// does not end the work.
    static func block(_ numbers: [Int32]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `handler` for each signal, on a queue of their own: a program that hangs can still be ended.
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

    /// Keeps the main thread out of the way for good.
    ///
    /// Not dispatchMain(): it waits in sigsuspend with every signal unblocked, and the first one would end the process
    /// right there. Nothing here needs the main queue.
    static func waitForever(keeping sources: [any DispatchSourceSignal]) -> Never {
        while true { withExtendedLifetime(sources) { _ = pause() } }
    }

    /// As operators call it; nil for one that nobody asked for.
    static func name(of number: Int32) -> String? {
        switch number {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        case SIGHUP: "SIGHUP"
        default: nil
        }
    }
}
