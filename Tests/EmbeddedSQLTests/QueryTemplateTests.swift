import Testing

@testable import EmbeddedSQL

@Suite("Query template")
struct QueryTemplateTests {
    @Test func replacesEachPlaceholder() throws {
        let template = QueryTemplate(text: "SELECT {t.a} FROM {t} WHERE {t.a} = $1")
        #expect(try template.rendered(["t": "s.t", "t.a": "a"]) == "SELECT a FROM s.t WHERE a = $1")
    }

    @Test func takesBracesInANameAsTheyAre() throws {
        let template = QueryTemplate(text: "{a} {b}")
        #expect(try template.rendered(["a": "\"{b}\"", "b": "\"{a}{\""]) == "\"{b}\" \"{a}{\"")
    }

    @Test("A text in the place of a parameter is not searched for the next one")
    func takesAParameterInATextAsItIs() {
        let query = EmbeddedSQL.query("migrations/queries/foreign_parts", with: ["'a$2b'", "'$1'"])
        #expect(query.contains("WHERE n.nspname = 'a$2b'"))
        #expect(query.contains("IN (current_user, '$1'::text)"))
        #expect(!query.contains("--"))
    }

    @Test(arguments: [([], "a\nc\ne"), (["x"], "a\nb\ne")] as [(Set<String>, String)])
    func keepsOneSideOfASection(sections: Set<String>, expected: String) throws {
        let template = QueryTemplate(text: "a\n-- when x:\nb\n-- else\nc\n-- end\ne")
        #expect(try template.rendered([:], sections: sections) == expected)
    }

    @Test func keepsOrdinaryComments() throws {
        let text = "-- else is a word\n-- end\nSELECT 1"
        #expect(try QueryTemplate(text: text).rendered([:]) == text)
    }

    @Test func namesAPlaceholderWithoutAnIdentifier() {
        #expect(throws: QueryTemplateError(code: .missingIdentifier, name: "t.b")) {
            try QueryTemplate(text: "{t.a}{t.b}").rendered(["t.a": "a"])
        }
    }

    @Test func namesASectionWithoutAnEnd() {
        #expect(throws: QueryTemplateError(code: .unclosedSection, name: "x")) {
            try QueryTemplate(text: "-- when x:\nSELECT 1").rendered([:])
        }
    }

    /// A name may hold a line break, which would end the comment and go on as SQL.
    @Test(arguments: ["lock", "publish", "tenants"])
    func putsNothingIntoComments(query: String) {
        for line in EmbeddedSQL.query("run/statistics/\(query)").split(separator: "\n") where line.contains("--") {
            #expect(!line.contains("{") && !line.contains("$"), "\(line)")
        }
    }
}
