import Glibc
import Reporting

/// Where a command's answer goes: what was asked for is on standard output, what happens meanwhile on standard error.
enum StandardOutput {
    /// An answer that cannot be written is no answer: a full disk ends the process with a code of its own.
    static func write(_ text: String) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN {
                var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&output, 1, -1)
            } else if count < 0, errno != EINTR {
                complain("standard output: \(String(cString: strerror(errno)))")
                Glibc.exit(ExitStatus.outputLost.rawValue)
            }
            bytes = bytes.dropFirst(max(0, count))
        }
    }

    /// One sentence, and what to do about it.
    static func complain(_ text: String) {
        ReportStream.standardError.write("pgtend: \(text)\n")
    }
}
