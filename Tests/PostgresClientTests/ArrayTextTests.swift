import Testing

@testable import PostgresClient

@Suite("Text of an array")
struct ArrayTextTests {
    @Test(
        arguments: [
            ("{}", []), ("{a,b}", ["a", "b"]), ("{NULL,\"NULL\",null}", [nil, "NULL", "null"]),
            (#"{"a\"b","c\\d","","e,f","{g}"}"#, [#"a"b"#, #"c\d"#, "", "e,f", "{g}"]),
            ("[0:1]={x,y}", ["x", "y"]), ("{größe,\"日本 語\"}", ["größe", "日本 語"]),
        ] as [(String, [String?])])
    func isReadAsTheServerWritesIt(_ text: String, _ elements: [String?]) {
        #expect(ArrayText.elements(of: text) == elements)
    }

    @Test(arguments: ["", "a", "{", "{a", "{a,}", "{,a}", "{a}b", "{{a},{b}}", "{\"a}", "[0:1]", "{\"a\\"])
    func isRefusedWhenItIsNoOneDimensionalArray(_ text: String) {
        #expect(ArrayText.elements(of: text) == nil)
    }
}
