import Testing

@testable import PostgresClient

@Suite("Failure to connect")
struct ConnectFailureTests {
    @Test func givesUpItsSQLSTATE() {
        let error = ConnectFailure.parse(
            """
            connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  28P01: password authentication failed
            DETAIL:  Connection matched a line.
            LOCATION:  auth_failed, auth.c:326
            """)
        #expect(error.kind == .authentication)
        #expect(error.sqlState == .invalidPassword)
        #expect(
            error.message
                == "connection to server at \"db\" (10.0.0.1), port 5432 failed: password authentication failed")
        #expect(error.detail == "Connection matched a line.")
    }

    @Test func takesATranslatedSeverity() {
        let error = ConnectFailure.parse(
            "connection to server on socket \"/s\" failed: 致命错误:  3D000: 数据库 \"x\" 不存在\nLOCATION:  f, g.c:1")
        #expect(error.kind == .connection)
        #expect(error.sqlState == .invalidCatalogName)
        #expect(error.message == "connection to server on socket \"/s\" failed: 数据库 \"x\" 不存在")
    }

    @Test func keepsWhatLibpqSaysOnItsOwn() {
        let error = ConnectFailure.parse("connection to server at \"h\", port 1 failed: Connection refused\nIs it?")
        #expect(error.kind == .connection)
        #expect(error.sqlState == nil)
        #expect(error.message == "connection to server at \"h\", port 1 failed: Connection refused; Is it?")
    }
}
