import Foundation
import TestSupport
import Testing

@Suite("Terminal", .serialized)
struct TerminalTests {
    private static let escape = "\u{1B}"
    private static let erasure = "\r\u{1B}[2K"

    @Test func writesNoControlSequenceElsewhere() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.tablesNotUnderstood)
            for command in ["plan", "run"] {
                let result = try await database.pgtend(
                    command, "--schema", "shop", environment: ["TERM": "xterm-256color"])
                #expect(result.ending == .exited(2))
                #expect(!result.everything.contains(Self.escape) && !result.everything.contains("\r"), "\(result)")
            }
        }
    }

    @Test(arguments: [false, true])
    func showsALineThatIsErasedAgain(withoutColour: Bool) async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.tablesNotUnderstood)
            var environment = ["TERM": "xterm-256color"]
            if withoutColour { environment["NO_COLOR"] = "1" }
            let result = try await database.pgtend(
                "run", "--schema", "shop", environment: environment, output: .terminal)
            #expect(result.ending == .exited(2))
            let screen = result.standardOutput
            #expect(screen.contains("1 of 24: create partition shop.audit_"), "\(screen)")
            #expect(screen.contains("\(Self.escape)[1;33mwarning:") == !withoutColour, "\(screen)")

            // What stays when every erasure has removed the line before it: as if there had been no terminal.
            let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.split(separator: Self.erasure, omittingEmptySubsequences: false).last.map(String.init) ?? ""
            }
            #expect(lines.last == "")
            let staying = lines.dropLast().map { $0.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }
            #expect(staying.allSatisfy { !$0.contains(Self.escape) && !$0.contains(" of 24") }, "\(staying)")
            #expect(staying.count { $0.hasPrefix("done in ") } == 24)
            #expect(staying.contains { $0.hasPrefix("warning: run on ") })
        }
    }

    @Test func drawsNothingOnADumbTerminal() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop"))
            let result = try await database.pgtend(
                "run", "--schema", "shop", environment: ["TERM": "dumb"], output: .terminal)
            #expect(result.succeeded)
            #expect(!result.standardOutput.contains(Self.escape), "\(result)")
        }
    }
}
