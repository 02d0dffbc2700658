import Glibc

/// Reads a line from the terminal at standard input.
enum TerminalPrompt {
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    /// Prints a question and waits for a line. Returns nil at the end of the input, or when the task is cancelled.
    static func ask(_ question: String) -> String? {
        StandardOutput.write(question)
        var line: [UInt8] = []
        while !Task.isCancelled {
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            // A signal cancels the task without interrupting poll(2), hence the timeout in milliseconds.
            guard poll(&input, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}
