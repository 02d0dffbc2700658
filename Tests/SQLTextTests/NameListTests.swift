import SQLText
import Testing

@Suite("Names in what the server writes")
struct NameListTests {
    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a, b", ["a", "b"]), (#""a, b""#, ["a, b"]), (#""a, b", c"#, ["a, b", "c"]),
        (#"a, """, b", c"#, ["a", #"", b"#, "c"]), (#""x"", ""y", z"#, [#"x", "y"#, "z"]), ("PUBLIC", ["PUBLIC"]),
        ("\"line\nbreak, \", ä", ["line\nbreak, "]), ("a.b, c", ["c"]), ("\"open", []),
    ])
    func areToldApart(list: String, names: [String]) { #expect(NameList.names(of: list) == names) }

    @Test(arguments: [
        (#"s."a, b", s.c"#, [#"s."a, b""#, "s.c"]), ("a,b, c", ["a,b", "c"]), (#""a"", ", b"#, [#""a"", ""#, "b"]),
    ])
    func keepTheirQuotesAsParts(list: String, parts: [Substring]) { #expect(NameList.parts(of: list) == parts) }

    @Test(arguments: [
        ("eve on table t", "eve", " on table t"), (#""eve on table t" on table u"#, "eve on table t", " on table u"),
        (#""a""b" (c)"#, #"a"b"#, " (c)"), ("a.b", "a", ".b"),
    ])
    func areFollowedByTheRest(text: String, name: String, rest: Substring) throws {
        let first = try #require(NameList.first(of: text))
        #expect(first.name == name && first.rest == rest)
    }

    @Test(arguments: ["", " a", "(a)", "\"a", ".a"])
    func areNotSeenWhereThereIsNone(text: String) { #expect(NameList.first(of: text) == nil) }
}
