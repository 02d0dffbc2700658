import Glibc

/// A line that somebody types at a terminal.
enum TerminalQuestion {
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }

    /// Asks, and waits for the line; nil where the input ends or a signal stops the command before that.
    static func ask(_ question: String) -> String? {
        StandardOutput.write(question)
        var line: [UInt8] = []
        while !Task.isCancelled {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            // A signal only cancels the task, so that is looked at from time to time.
            guard poll(&input, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}
