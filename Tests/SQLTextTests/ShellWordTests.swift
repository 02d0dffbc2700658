import SQLText
import TestSupport
import Testing

@Suite("Words for a shell")
struct ShellWordTests {
    /// A quote with an accent is one character of Swift's, and two of the shell's.
    @Test(arguments: [
        "plain_name-1.x", "", "two words", "o'clock", "ev'\u{301}; false; '\u{301}", "$(false)", "-n\nnext", "\u{301}'",
    ])
    func areWhatTheShellReads(_ text: String) async throws {
        let read = try await Program.run("/bin/sh", ["-c", "printf %s \(text.shellWord)"])
        #expect(read.standardOutput.utf8.elementsEqual(text.utf8), "\(read)")
    }
}
