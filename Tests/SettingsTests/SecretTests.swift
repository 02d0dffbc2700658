import Settings
import Testing

@Suite("Secrets of connection strings")
struct SecretTests {
    @Test(
        arguments: [
            ("host=h password=hush dbname=d", "host=h password=******** dbname=d"),
            ("password = 'hush \\' hush' dbname=d", "password = ******** dbname=d"),
            ("PASSWORD=hush", "PASSWORD=********"),
            ("sslpassword=hush host=h", "sslpassword=******** host=h"),
            ("password='hush", "password=********"),
            ("password=hush\\ hush host=h", "password=******** host=h"),
            ("password=hush hush host=h", "password=******** password=********"),
            ("host=h hush", "host=h password=********"),
            ("dbname='host=h password=hush'", "dbname=********"),
            ("dbname=postgres://u:hush@h/d", "dbname=********"),
            ("postgres://u:hush@h:5432/d?sslmode=require", "postgres://u:********@h:5432/d?sslmode=require"),
            ("postgresql://u:hu@sh/hush@h/d", "postgresql://u:********@h/d"),
            ("postgresql://h/d?password=hush&user=u", "postgresql://h/d?password=********&user=u"),
            ("postgresql://h/d?p%61ssword=hush", "postgresql://h/d?p%61ssword=********"),
            ("postgresql://u@h1,h2:5433/d", "postgresql://u@h1,h2:5433/d"),
            ("mysql://u:hush@h/?a=b", "password=********"),
            ("host=/run/postgresql dbname=d", "host=/run/postgresql dbname=d"),
        ])
    func areBlottedOut(_ conninfo: String, _ shown: String) throws {
        let loaded = try load(nil, flags: FlagOverrides(databases: [conninfo]))
        let rendered = loaded.configuration.rendered()
        #expect(rendered.contains("\n    conninfo: \"\(shown)\"\n"))
        let everything = rendered + loaded.warnings.map(\.description).joined()
        #expect(!everything.contains("hush"))
        // What runs is the string as it was given.
        #expect(loaded.configuration.databases.first?.conninfo == conninfo)
        #expect(loaded.warnings.count == (conninfo.contains("hush") ? 1 : 0))
    }

    @Test func aPasswordOnTheCommandLineIsAWarning() throws {
        let loaded = try load(nil, flags: FlagOverrides(databases: ["dbname=d password=hush"]))
        let expected = [
            "command line: --database: the password in it is shown to every user of this machine by ps; "
                + "use a password file (~/.pgpass) or PGPASSWORD"
        ]
        #expect(loaded.warnings.map(\.description) == expected)
        #expect(try load(nil, environment: ["PGTEND_DATABASE": "dbname=d password=hush"]).warnings == [])
    }

    @Test func aPasswordInAFileThatOthersCanReadIsAWarning() throws {
        let text = "databases: [{name: a, conninfo: dbname=a password=hush}]"
        let expected = [
            "pgtend.yaml: holds a password and every user of this machine can read it; "
                + "chmod o-r it, or use a password file"
        ]
        #expect(try load(text, isReadableByOthers: true).warnings.map(\.description) == expected)
        #expect(try load(text).warnings == [])
        #expect(try load(fileWithEveryKey, isReadableByOthers: true).warnings == [])
    }

    @Test(
        arguments: [
            "databases: [{name: a, conninfo: [password=hush]}]",
            "databases: [{name: a, conninfo: 'hush'}]",
            "databases: [{name: a, conninfo: dbname=a, lock_tries: password=hush}]",
            "databases: [{name: a, conninfo: dbname=a, schemas: 'u:hush://'}]",
            "databases: [{name: a, password=hush: 1}]",
            "databases: [{name: a, connifno: 'dbname=a password=hush'}]",
            "databases: [{name: a, conninfo: dbname=a, password: hush}]",
            "databases:\n  - name: a\n    conninfo: host=h: password=hush\n",
            "databases:\n  - name: a\n    conninfo: 'host=h password=hush\n",
            "postgres://u:hush@h/d",
        ])
    func neverStandInAProblem(_ text: String) {
        let found = problems(in: text)
        #expect(!found.isEmpty)
        #expect(!found.joined().contains("hush"))
    }
}
