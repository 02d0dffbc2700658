import Glibc

/// The identity of a stream that systemd connected to the journal: the device and inode of its socket.
///
/// The service manager announces it in `$JOURNAL_STREAM`. Child processes inherit the variable, but their standard
/// error may be connected to something else. So the variable counts only if it names the stream that is open.
package struct JournalStream: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// Parses the value of `$JOURNAL_STREAM`, `device:inode` in decimal; nil for any other text.
    package init?(announcement: String) {
        let numbers = announcement.split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2, let device = UInt64(decimal: numbers[0]), let inode = UInt64(decimal: numbers[1])
        else { return nil }
        self.init(device: device, inode: inode)
    }

    /// The device and inode of an open file descriptor; nil when it is closed.
    package init?(descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Whether `descriptor` is the stream that `announcement` names: the value of `$JOURNAL_STREAM`, nil when it is not
    /// set.
    package static func isConnected(announcement: String?, descriptor: CInt) -> Bool {
        guard let announced = announcement.flatMap(JournalStream.init(announcement:)) else { return false }
        return announced == JournalStream(descriptor: descriptor)
    }
}

extension UInt64 {
    /// Accepts digits only: `UInt64.init` would also accept a sign.
    fileprivate init?(decimal text: Substring) {
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        self.init(text)
    }
}
