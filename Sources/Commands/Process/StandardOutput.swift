import Glibc
import Reporting

/// Where a command's answer goes: what was asked for is on standard output, what happens meanwhile on standard error.
enum StandardOutput {
    static func write(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// One sentence, and what to do about it.
    static func complain(_ text: String) {
        ReportStream.standardError.write("pgtend: \(text)\n")
    }
}
