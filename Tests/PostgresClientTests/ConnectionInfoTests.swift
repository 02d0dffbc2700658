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

    @Test(arguments: [
        ("port=banana", "port", "banana"), ("port=99999999", "port", "99999999"), ("port=0", "port", "0"),
        ("host=a,b port=5432,5433x", "port", "5433x"), ("postgresql://h:70000/db", "port", "70000"),
        ("connect_timeout=abc", "connect_timeout", "abc"), ("connect_timeout=2s", "connect_timeout", "2s"),
        ("keepalives=on", "keepalives", "on"), ("keepalives_idle=1m", "keepalives_idle", "1m"),
        ("keepalives_interval=x", "keepalives_interval", "x"), ("keepalives_count=1.5", "keepalives_count", "1.5"),
        ("tcp_user_timeout=99999999999", "tcp_user_timeout", "99999999999"),
        ("hostaddr=db.example", "hostaddr", "db.example"), ("hostaddr=::1,10.0.0.300", "hostaddr", "10.0.0.300"),
        ("target_session_attrs=master", "target_session_attrs", "master"),
        ("sslmode=sometimes", "sslmode", "sometimes"),
        ("gssencmode=maybe", "gssencmode", "maybe"), ("ssl_min_protocol_version=1", "ssl_min_protocol_version", "1"),
        ("ssl_max_protocol_version=SSLv3", "ssl_max_protocol_version", "SSLv3"),
        ("channel_binding=often", "channel_binding", "often"), ("host=a,b,c port=1,2", "port", "2"),
        ("host=a,b hostaddr=::1", "host", "1"), ("service=nowhere", "service", "nowhere"),
    ])
    func thatLibpqWouldRefuseWhenItConnectsAreFoundBefore(conninfo: String, keyword: String, found: String) throws {
        let info = try ConnectionInfo(parsing: conninfo)
        let problem = try #require(throws: InvalidSetting.self) { try info.validate() }
        #expect(problem.message.contains(keyword) && problem.message.contains(found), "\(problem)")
        #expect(problem.variable == nil)
    }

    @Test(arguments: [
        "", "host=a,b port=5432,5433", "host=a,b,c port=5433", "host=a,b port=,5433", "port=' 5432 '",
        "hostaddr=::1,10.0.0.3 host=a,b",
        "connect_timeout=-1", "connect_timeout=' 5 '", "keepalives=0 keepalives_idle=0",
        "target_session_attrs=prefer-standby",
        "sslmode=verify-full gssencmode=disable channel_binding=require", "host=/run/postgresql",
        "postgresql:///shop?host=/run",
        "hostaddr=fe80::1%lo",
    ])
    func thatLibpqTakesAreTaken(conninfo: String) throws {
        try ConnectionInfo(parsing: conninfo).validate()
    }

    @Test(arguments: [
        "postgresql://u:hush/x@h/db", "port=5432password=hush", "sslmode=requirepassword=hush",
        "password=x port=hush", "connect_timeout=hush@",
    ])
    func thatMayHoldAPieceOfAPasswordAreNotShown(conninfo: String) throws {
        let info = try ConnectionInfo(parsing: conninfo)
        let problem = try #require(throws: InvalidSetting.self) { try info.validate() }
        #expect(!problem.message.contains("hush"), "\(problem)")
    }
}
