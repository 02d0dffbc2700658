// What `SystemdIO` makes of an environment, as a process that has it from its start: libsystemd reads the variables
// itself, and a test that set its own would race with every other thread that reads one.
//
//   SystemdProbe listening | interval | send STATE...

import Glibc
import SystemdIO

func state(_ word: String) -> NotifyState? {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return switch (parts[0], parts.dropFirst().first) {
    case ("ready", nil): .ready
    case ("stopping", nil): .stopping
    case ("watchdog", nil): .watchdog
    case ("status", let text?): .status(text)
    case ("reloading", let number?): UInt64(number).map { .reloading(monotonicMicroseconds: $0) }
    case ("extend", let milliseconds?): Int64(milliseconds).map { .extendTimeout(.milliseconds($0)) }
    default: nil
    }
}

do throws(SystemdError) {
    let arguments = CommandLine.arguments.dropFirst()
    let notifier = ServiceNotifier()
    switch arguments.first {
    case "listening": print(notifier.isListening)
    case "interval": print(try Watchdog.interval.map { "\($0)" } ?? "none")
    case "send": try notifier.send(arguments.dropFirst().compactMap(state))
    default: exit(64)
    }
} catch {
    print("\(error.code) \(error.errno ?? 0): \(error)")
    exit(1)
}
