import SQLText
import Testing

@Suite("SQL text")
struct SQLIdentifierTests {
    @Test(
        arguments: [
            ("", "empty"), ("a\0b", "NUL"), (String(repeating: "x", count: 64), "64 bytes"),
            (String(repeating: "ä", count: 32), "64 bytes"),
        ])
    func refusesAnIdentifierThatNoObjectCanHave(_ name: String, _ reason: String) throws {
        let error = try #require(throws: SQLTextError.self) { try SQLIdentifier(name) }
        #expect(error.message.contains(reason))
    }

    @Test func refusesALiteralWithNUL() {
        #expect(throws: SQLTextError.self) { try SQLLiteral("a\0") }
    }
}
