import CSystemd
import Glibc

/// Writes entries to the systemd journal of this machine.
package struct Journal: Sendable {
    /// `SYSLOG_IDENTIFIER` of every entry: what `journalctl --identifier` selects by.
    package let identifier: String

    package init(identifier: String) {
        self.identifier = identifier
    }

    /// Whether journald's socket exists in the file system that this process sees. Without the socket (in a
    /// `RootDirectory=` that lacks it, for example) `send` succeeds without doing anything, so check this first.
    package static var isReachable: Bool {
        var status = stat()
        return stat("/run/systemd/journal/socket", &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Hands the entry to journald, from any thread.
    ///
    /// Waits while journald's receive queue is full. Its return does not prove that journald keeps the entry (journald
    /// limits the rate of each service) nor, without `isReachable`, that there is a journald.
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
