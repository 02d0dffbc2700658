import Glibc
import Reporting
import TestSupport
import Testing

@Suite("Where reports go")
struct ReportDestinationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let format: ReportFormat?
        let surroundings: Surroundings
        let destination: ReportDestination

        init(_ name: String, _ format: ReportFormat?, _ surroundings: Surroundings, _ destination: ReportDestination) {
            (testDescription, self.format, self.surroundings, self.destination) = (
                name, format, surroundings, destination
            )
        }
    }

    private static let service = Surroundings(
        standardError: .other, standardErrorIsJournal: true, journalIsReachable: true, executedByServiceManager: true)
    private static let terminal = Surroundings(standardError: .terminal, terminalType: "xterm")

    private static func with(_ base: Surroundings, _ change: (inout Surroundings) -> Void) -> Surroundings {
        var surroundings = base
        change(&surroundings)
        return surroundings
    }

    static let cases = [
        Case("a service", nil, service, .journal),
        Case("a child of a service", nil, with(service) { $0.executedByServiceManager = false }, .journal),
        Case(
            "a service whose root has no journal socket", nil, with(service) { $0.journalIsReachable = false },
            .text(.prefixed)),
        Case("a service that wants text", .text, service, .text(.prefixed)),
        Case("a service that wants JSON", .json, service, .jsonLines),
        Case(
            "a service with its output in a pipe", nil,
            with(service) { $0.standardErrorIsJournal = false }, .text(.prefixed)),
        Case(
            "a service with its output in a file", nil,
            with(service) {
                $0.standardErrorIsJournal = false
                $0.standardError = .file
            }, .text(.plain)),
        Case(
            "redirected within a service", nil,
            with(service) {
                $0.standardErrorIsJournal = false
                $0.executedByServiceManager = false
            }, .text(.plain)),
        Case("a terminal", nil, terminal, .text(.terminal(coloured: true))),
        Case("a terminal where text is asked for", .text, terminal, .text(.terminal(coloured: true))),
        Case("a terminal where JSON is asked for", .json, terminal, .jsonLines),
        Case("NO_COLOR", nil, with(terminal) { $0.forbidsColour = true }, .text(.terminal(coloured: false))),
        Case("a dumb terminal", nil, with(terminal) { $0.terminalType = "dumb" }, .text(.plain)),
        Case(
            "a terminal, with a journal there", nil, with(terminal) { $0.journalIsReachable = true },
            .text(.terminal(coloured: true))),
        Case("a pipe", nil, Surroundings(standardError: .other), .text(.plain)),
        Case("a file", nil, Surroundings(standardError: .file), .text(.plain)),
    ]

    @Test(arguments: cases) func followsFromTheSurroundings(_ example: Case) {
        let found = ReportDestination(format: example.format, surroundings: example.surroundings)
        #expect(found == example.destination)
    }

    @Test func tellsATerminalFromAFileFromAPipe() throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var ends: [CInt] = [-1, -1]
        let file = open("/proc/self/exe", O_RDONLY)
        try #require(terminal >= 0 && pipe(&ends) == 0 && file >= 0)
        defer { for descriptor in [terminal, file] + ends { close(descriptor) } }
        #expect(Surroundings.StandardError(descriptor: terminal) == .terminal)
        #expect(Surroundings.StandardError(descriptor: file) == .file)
        #expect(Surroundings.StandardError(descriptor: ends[1]) == .other)
        #expect(Surroundings.StandardError(descriptor: -1) == .other)
    }
}
