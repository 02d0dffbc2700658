import Glibc
import Reporting
import TestSupport
import Testing

@Suite("Where reports go")
struct ReportDestinationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let format: ReportFormat?
        let environment: OutputEnvironment
        let destination: ReportDestination

        init(
            _ name: String, _ format: ReportFormat?, _ environment: OutputEnvironment, _ destination: ReportDestination
        ) {
            (testDescription, self.format, self.environment, self.destination) = (
                name, format, environment, destination
            )
        }
    }

    private static let service = OutputEnvironment(
        standardError: .other, standardErrorIsJournal: true, journalIsReachable: true, executedByServiceManager: true)
    private static let terminal = OutputEnvironment(standardError: .terminal, terminalType: "xterm")

    private static func with(_ base: OutputEnvironment, _ change: (inout OutputEnvironment) -> Void)
        -> OutputEnvironment
    {
        var environment = base
        change(&environment)
        return environment
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
        Case("a pipe", nil, OutputEnvironment(standardError: .other), .text(.plain)),
        Case("a file", nil, OutputEnvironment(standardError: .file), .text(.plain)),
    ]

    @Test(arguments: cases) func followsFromTheSurroundings(_ example: Case) {
        let found = ReportDestination(format: example.format, environment: example.environment)
        #expect(found == example.destination)
    }

    @Test func tellsATerminalFromAFileFromAPipe() throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var ends: [CInt] = [-1, -1]
        let file = open("/proc/self/exe", O_RDONLY)
        try #require(terminal >= 0 && pipe(&ends) == 0 && file >= 0)
        defer { for descriptor in [terminal, file] + ends { close(descriptor) } }
        #expect(OutputEnvironment.StandardError(descriptor: terminal) == .terminal)
        #expect(OutputEnvironment.StandardError(descriptor: file) == .file)
        #expect(OutputEnvironment.StandardError(descriptor: ends[1]) == .other)
        #expect(OutputEnvironment.StandardError(descriptor: -1) == .other)
    }
}
