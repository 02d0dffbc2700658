import SQLText
import Testing

@testable import PostgresClient

@Suite("Statement")
struct StatementTests {
    @Test func valuesBecomeParametersAndNamesAreQuotedInPlace() throws {
        let table = try QualifiedName(schema: "My\"Schema", name: "t")
        let column = try SQLIdentifier("größe")
        let bound = try SQLLiteral(#"a'b\c"#)
        let sorting = "DESC"
        let none: Int? = nil
        let statement: Statement = """
            SELECT \(column), \(bound) FROM \(table) WHERE a = \("x'; DROP TABLE t; --") AND b > \(7) AND c = \(none)
            ORDER BY 1 \(unsafe: sorting)
            """
        #expect(
            statement.text == """
                SELECT "größe", E'a''b\\\\c' FROM "My""Schema"."t" WHERE a = $1 AND b > $2 AND c = $3
                ORDER BY 1 DESC
                """)
        #expect(statement.parameters.map(\.text) == ["x'; DROP TABLE t; --", "7", nil])
        #expect(statement.parameters.map(\.type) == [0, TypeOID.int8, TypeOID.int8])
    }

    @Test func textFromAFileKeepsItsOwnNumbers() {
        let statement = Statement(unsafe: "SELECT $2, $1", parameters: [Int32(1), nil, ["a", "b"]])
        #expect(statement.text == "SELECT $2, $1")
        #expect(statement.parameters.map(\.text) == ["1", nil, #"{"a","b"}"#])
        #expect(statement.parameters.map(\.type) == [TypeOID.int4, 0, TypeOID.textArray])
    }

    /// What cannot be written is refused as the statement would be.
    @Test func tellsWhatCannotBeWrittenAsACallersMistake() throws {
        let error = try #require(throws: PostgresError.self) { try spelled(SQLLiteral("a\0")) }
        #expect(error.kind == .misuse && error.message.contains("NUL"))
    }

    /// A quote and a combining accent are one Character, and would escape an escaping by Characters.
    @Test func quotesAQuoteUnderACombiningMark() throws {
        #expect(try SQLIdentifier("a\"\u{301}b").quoted.unicodeScalars.count { $0 == "\"" } == 4)
        #expect(try SQLLiteral("a'\u{301}b").quoted.unicodeScalars.count { $0 == "'" } == 4)
    }
}
