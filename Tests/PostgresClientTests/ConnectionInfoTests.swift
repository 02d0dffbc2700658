import PostgresClient
import Testing

@Suite("Connection settings")
struct ConnectionInfoTests {
    @Test(
        arguments: [
            "host=db.example dbname='my db' user=app password='se cret' sslpassword=hush",
            "postgresql://app:se%20cret@db.example/my%20db?sslpassword=hush",
        ])
    func areReadFromPairsAndFromAURIAndShownWithoutSecrets(_ conninfo: String) throws {
        let info = try ConnectionInfo(parsing: conninfo)
        #expect(info.hasPassword)
        #expect(info["host"] == "db.example")
        #expect(info.database == "my db")
        #expect(info.redacted.contains("dbname='my db'"))
        #expect(!info.redacted.contains("cret"))
        #expect(!info.redacted.contains("hush"))
        #expect(info.redacted.contains("password=•••"))
    }

    @Test func canBeReplacedOneByOne() throws {
        let info = try ConnectionInfo(parsing: "host=a dbname=b").setting("dbname", to: #"c'\d"#)
        #expect(info["host"] == "a")
        #expect(info.database == #"c'\d"#)
        #expect(!info.hasPassword)
        #expect(try ConnectionInfo(parsing: info.redacted).database == #"c'\d"#)
        #expect(info.setting("password", to: "hush").hasPassword)
        #expect(!info.setting("password", to: "hush").redacted.contains("hush"))
    }

    @Test(
        arguments: [
            "host=x password=my hush", "postgresql://u:hush@[::1/db", "password=hush host", "password='hush",
            "postgres://u:hush@h:port:7/x?y",
        ])
    func thatAreMalformedAreRefusedWithoutShowingAPassword(_ conninfo: String) throws {
        let error = try #require(throws: PostgresError.self) { try ConnectionInfo(parsing: conninfo) }
        #expect(error.kind == .misuse)
        #expect(!error.description.contains("hush"))
    }

    @Test func thatAreMisspelledAreNamed() throws {
        let error = try #require(throws: PostgresError.self) { try ConnectionInfo(parsing: "host=a databse=b") }
        #expect(error.message.contains("\"databse\""))
        #expect(error.hint?.contains("host=") == true)
    }

    @Test(arguments: [("port", "none", "none"), ("sslmode", "sometimes", "sometimes"), ("dbname", "a\0b", "NUL")])
    func thatLibpqRefusesAreMisuseAndNeverTried(_ keyword: String, _ value: String, _ found: String) async throws {
        let info = try ConnectionInfo(parsing: "host=/nowhere").setting(keyword, to: value)
        let error = try await #require(throws: PostgresError.self) { try await Connection.open(info) }
        #expect(error.message.contains(found), "\(error)")
        #expect(error.kind == (keyword == "port" ? .connection : .misuse))
    }
}
