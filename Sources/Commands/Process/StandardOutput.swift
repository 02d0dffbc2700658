import Glibc
import Reporting
import Synchronization

/// The answers of commands. What happens meanwhile is reported on standard error.
enum StandardOutput {
    private static let lost = Atomic<Bool>(false)

    /// Whether something could not be written, such as on a full disk: then the command ends with
    /// ``ExitStatus/outputLost``, once its work is done.
    static var isLost: Bool { lost.load(ordering: .acquiring) }

    /// Writes a line or several, after all that was written before. Waits for nobody while a ``Foreground`` command is at
    /// work.
    static func write(_ text: String) {
        OutputQueue.ofThisProcess.submit(bytes: text.utf8.count) { _ in writeNow(text) }
    }

    /// Waits for a full pipe to drain.
    private static func writeNow(_ text: String) {
        if isLost { return }
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN {
                var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&output, 1, -1)
            } else if count < 0, errno != EINTR {
                lost.store(true, ordering: .releasing)
                StandardError.write("standard output: \(String(cString: strerror(errno)))")
                // There is no work to be done first.
                if !OutputQueue.ofThisProcess.isOpen { Glibc.exit(ExitStatus.outputLost.rawValue) }
                return
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
