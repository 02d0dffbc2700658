import Glibc

/// Where a command's answer goes: what was asked for is on standard output, what happens meanwhile on standard error.
enum StandardOutput {
    static func write(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// One sentence, and what to do about it.
    static func complain(_ text: String) {
        write(toStandardError: "pgtend: \(text)\n")
    }

    static func write(toStandardError text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // Nobody is left to be told that standard error is gone.
            guard count > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}
