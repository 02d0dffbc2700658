import SQLText
import Testing

@Suite("Relation names")
struct RelationNameTests {
    private func app(_ name: String) -> RelationName { RelationName(schema: "app", name: name) }

    @Test(
        "Quoted for people where SQL quotes",
        arguments: [
            ("audit_log", "app.audit_log"), ("Audit", "app.\"Audit\""), ("a b", "app.\"a b\""),
            ("a\"b", "app.\"a\"\"b\""), ("2024", "app.\"2024\""), ("$a", "app.\"$a\""), ("a$1", "app.a$1"),
            ("größe", "app.\"größe\""), ("", "app.\"\""),
        ])
    func quotes(name: String, expected: String) {
        #expect(app(name).description == expected)
    }

    @Test("Names are the same when their bytes are, and sort by them")
    func comparesBytes() {
        let (composed, decomposed) = (app("caf\u{E9}"), app("cafe\u{301}"))
        #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed && !(composed < decomposed))
        #expect(app("Z") < app("a") && app("a") < app("a_"))
        #expect(RelationName(schema: "a", name: "z") < RelationName(schema: "b", name: "a"))
    }
}
