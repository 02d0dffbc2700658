import Glibc

/// The identity of a stream that systemd connected to the journal: the device and inode of its socket.
///
/// The service manager announces it as `$JOURNAL_STREAM`. Children inherit the variable but may have their standard
/// error elsewhere, so the announced stream counts only when it is the very one that is open.
package struct JournalStream: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// What `$JOURNAL_STREAM` announces, `device:inode` in decimal; nil for any other text.
    package init?(announcement: String) {
        let numbers = announcement.split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2, let device = UInt64(decimal: numbers[0]), let inode = UInt64(decimal: numbers[1])
        else { return nil }
        self.init(device: device, inode: inode)
    }

    /// What an open descriptor is; nil when it is closed.
    package init?(descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Whether `descriptor` is the stream that `announcement` (the value of `$JOURNAL_STREAM`, nil when it is not
    /// set) names.
    package static func isConnected(announcement: String?, descriptor: CInt) -> Bool {
        guard let announced = announcement.flatMap(JournalStream.init(announcement:)) else { return false }
        return announced == JournalStream(descriptor: descriptor)
    }
}

extension UInt64 {
    /// Digits alone: the integer initializer would also take a sign.
    fileprivate init?(decimal text: Substring) {
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        self.init(text)
    }
}
