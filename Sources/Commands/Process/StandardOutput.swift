import Glibc
import Reporting

/// The answers of commands. What happens meanwhile is reported on standard error.
enum StandardOutput {
    /// Writes a line or several, waiting for a full pipe to drain. If they cannot be written, such as on a full disk,
    /// ends the process with ``ExitStatus/outputLost``.
    static func write(_ text: String) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN {
                var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&output, 1, -1)
            } else if count < 0, errno != EINTR {
                StandardError.write("standard output: \(String(cString: strerror(errno)))")
                Glibc.exit(ExitStatus.outputLost.rawValue)
            }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}

enum StandardError {
    /// Writes a message of the program: an error with what to do about it, or a warning.
    static func write(_ message: String) {
        ReportStream.standardError.write("pgtend: \(message)\n")
    }
}
