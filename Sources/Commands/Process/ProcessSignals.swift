import Glibc

/// Signals, which the main thread waits for: it takes neither a file nor another thread to be told to stop.
enum ProcessSignals {
    /// Blocks the signals. Must be called before any other thread is created, so that all threads inherit the mask.
    ///
    /// A signal that arrives before anybody waits for it stays pending. SIGPIPE is ignored, so that a reader of the reports that exits (`pgtend run
    /// 2>&1 | head`) does not end the run.
    static func block(_ numbers: [Int32]) {
        var signals = set(of: numbers)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `handler` for each of the signals, for ever. Called on the main thread, which has nothing else to do, so that a
    /// program that hangs can still be ended: nothing here needs the main queue.
    static func receive(_ numbers: [Int32], handler: (Int32) -> Void) -> Never {
        var signals = set(of: numbers)
        while true {
            var number: Int32 = 0
            if sigwait(&signals, &number) == 0 { handler(number) }
        }
    }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        return signals
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
