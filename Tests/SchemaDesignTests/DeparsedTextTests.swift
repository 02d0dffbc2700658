import Testing

@testable import SchemaDesign

@Suite("Deparsed text")
struct DeparsedTextTests {
    @Test func aCastArrayIsTheSameAsAnArrayOfCasts() {
        let first = "((status)::text = ANY ((ARRAY['a, b'::character varying, 'it''s'::character varying])::text[]))"
        let second =
            "((status)::text = ANY (ARRAY[('a, b'::character varying)::text, ('it''s'::character varying)::text]))"
        #expect(DeparsedText.canonical(first) == second)
        #expect(DeparsedText.canonical(second) == second)
    }

    @Test(arguments: ["now()", "(ARRAY['a'::text])::text[]", "ARRAY['a'::character varying]", "'(ARRAY['::text", ""])
    func everythingElseIsLeftAlone(expression: String) {
        #expect(DeparsedText.canonical(expression) == expression)
    }
}
