import CSystemd
import Glibc

/// Writes entries to the systemd journal of this machine.
package struct Journal: Sendable {
    /// `SYSLOG_IDENTIFIER` of every entry: what `journalctl --identifier` selects by.
    package let identifier: String

    package init(identifier: String) {
        self.identifier = identifier
    }

    /// Whether journald's socket exists as this process sees the file system. The library reports success when it
    /// does not (a `RootDirectory=` without it, say), so ask here before trusting `send`.
    package static var isReachable: Bool {
        var status = stat()
        return stat("/run/systemd/journal/socket", &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Hands the entry to journald, from any thread.
    ///
    /// Waits while journald's receive queue is full. That it returns proves neither that journald keeps the entry
    /// (it limits the rate of a service) nor, without `isReachable`, that there is a journald.
    ///
    /// - Throws: `SystemdError` with the code `.entryNotSent` and the `errno`.
    package func send(_ entry: JournalEntry) throws(SystemdError) {
        let result = entry.withAssignments(identifier: identifier) { vectors in
            var result: CInt
            repeat {
                result = sd_journal_sendv(vectors.baseAddress, CInt(vectors.count))
            } while result == -EINTR
            return result
        }
        guard result >= 0 else {
            throw SystemdError(.entryNotSent, context: entry.message, errno: -result)
        }
    }
}
