import Glibc

/// Two ends of a pipe or of a pseudo-terminal, both close-on-exec.
struct DescriptorPair {
    let reading: Int32
    let writing: Int32

    /// Between `pipe` and `fcntl` another thread must not start a program (Swift does not see `pipe2`): call it under
    /// the lock that starts them.
    static func pipe() throws -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw failure("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return DescriptorPair(reading: ends[0], writing: ends[1])
    }

    /// A program writes to one end and finds a terminal of 80 columns; what it wrote is read from the other.
    static func terminal() throws -> DescriptorPair {
        let leader = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard leader >= 0, ioctl(leader, tiocsptlck, &locked) == 0, ioctl(leader, tiocgptn, &number) == 0 else {
            throw failure("/dev/ptmx")
        }
        let follower = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard follower >= 0 else { throw failure("/dev/pts/\(number)") }
        // Bytes as written: the line discipline would turn each newline into two characters.
        var attributes = termios()
        tcgetattr(follower, &attributes)
        attributes.c_oflag &= ~tcflag_t(OPOST)
        tcsetattr(follower, TCSANOW, &attributes)
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        guard ioctl(follower, UInt(TIOCSWINSZ), &size) == 0 else { throw failure("TIOCSWINSZ") }
        return DescriptorPair(reading: leader, writing: follower)
    }

    // `posix_openpt` and its kin are hidden from Swift behind feature macros: these two requests are what they do.
    private static let tiocsptlck: UInt = 0x4004_5431
    private static let tiocgptn: UInt = 0x8004_5430

    private static func failure(_ call: String) -> TestFailure {
        TestFailure("\(call): \(String(cString: strerror(errno)))")
    }
}
