import SchemaDesign
import Testing

@Suite("Advice on lists of an IVFFlat index")
struct SchemaAdviceTests {
    private static func advice(rows: String?, lists: String) -> [SchemaAdvice] {
        var live = CatalogFacts()
        live.add(CatalogObject(.table, "docs"), .owner, "me")
        if let rows { live.add(CatalogObject(.table, "docs"), .rows, rows) }
        live.add(CatalogObject(.index, "docs_vector_idx", of: "docs"), .lists, lists)
        live.add(CatalogObject(.index, "docs_pkey", of: "docs"), .definition, "…")
        return SchemaAdvice.all(CatalogFacts(), live, schema: "s")
    }

    @Test(arguments: [
        (nil, "100"), ("0", "100"), ("9999", "1000"), ("100000", "100"), ("51000", "100"), ("199000", "100"),
        ("4000000", "2000"),
    ])
    func isNotNeeded(rows: String?, lists: String) {
        #expect(Self.advice(rows: rows, lists: lists) == [])
    }

    @Test(arguments: [
        ("10000", "100", 10), ("300000", "100", 300), ("4000000", "100", 2000), ("1000000", "100", 1000),
        ("1000000000000000000", "2000", 32_768),
    ])
    func namesTheStatementsThatHelp(rows: String, lists: String, fitting: Int) throws {
        let advice = try #require(Self.advice(rows: rows, lists: lists).first)
        #expect(advice.reason == "docs has about \(rows) rows, for which \(fitting) lists fit; it has \(lists)")
        #expect(
            advice.statements == [
                "ALTER INDEX s.docs_vector_idx SET (lists = \(fitting))",
                "REINDEX INDEX CONCURRENTLY s.docs_vector_idx",
            ])
    }
}
