import Maintenance
import Settings
import Testing

@Suite("Precedence of flags, environment and file")
struct PrecedenceTests {
    private let two = """
        log_format: json
        databases:
          - name: platform
            conninfo: dbname=platform
            schemas: [from_file]
            lock_timeout: 100ms
            partitions:
              premake: 5
              sets: [{table: mcp.a, premake: 9}]
          - name: second
            conninfo: dbname=second

        """

    private func names(_ loaded: LoadedConfiguration) -> [String] {
        loaded.configuration.databases.map(\.name)
    }

    // MARK: Values

    @Test func theEnvironmentOverridesTheFileInEveryDatabase() throws {
        let loaded = try load(
            two,
            environment: [
                "PGTEND_SCHEMAS": "one, \"two, too\"", "PGTEND_LOCK_TIMEOUT": "300ms", "PGTEND_PREMAKE": "7",
                "PGTEND_LOG_FORMAT": "text", "PGTEND_FILL_GAPS": "true", "PGTEND_VIEWS_BLOCKING": "allow",
            ])
        #expect(loaded.configuration.logFormat == .text)
        for database in loaded.configuration.databases {
            #expect(database.schemas == ["one", "two, too"])
            #expect(database.locks.perStep == .milliseconds(300))
            #expect(database.partitions == PartitionDefaults(premake: 7, fillGaps: true))
            #expect(database.views.blocking == .allow)
        }
        // What a set says of itself stays.
        #expect(loaded.configuration.databases.first?.partitionSets.first?.premake == 9)
    }

    @Test func flagsOverrideTheEnvironment() throws {
        let loaded = try load(
            two, flags: FlagOverrides(databases: ["platform"], schemas: ["flag"], logFormat: .json),
            environment: ["PGTEND_SCHEMAS": "env", "PGTEND_LOG_FORMAT": "text", "PGTEND_DATABASE": "second"])
        #expect(names(loaded) == ["platform"])
        #expect(loaded.configuration.databases.first?.schemas == ["flag"])
        #expect(loaded.configuration.logFormat == .json)
    }

    @Test func aVariableSetToNothingCountsAsNotSet() throws {
        let loaded = try load(two, environment: ["PGTEND_PREMAKE": "", "PGTEND_DATABASE": "", "PGTEND_CONFIG": ""])
        #expect(loaded == (try load(two)))
    }

    @Test func aWrongVariableIsReportedOnceForAllDatabases() {
        let found = problems(in: two, environment: ["PGTEND_PREMAKE": "many", "PGTEND_LOCK_TRIES": "0"])
        let expected = [
            "environment: PGTEND_LOCK_TRIES: expected an integer from 1 to 100 (each try makes others wait), "
                + "found '0'",
            "environment: PGTEND_PREMAKE: expected an integer from 0 to 400 (each is a table that every plan of a "
                + "query has to weigh), found 'many'",
        ]
        #expect(found == expected)
    }

    @Test func problemsOfFileEnvironmentAndFlagsComeTogether() {
        let found = problems(
            in: "databases:\n  - name: a\n    conninfo: dbname=a\n    lock_tries: x\n",
            flags: FlagOverrides(databases: ["b"], schemas: [""]), environment: ["PGTEND_LOG_FORMAT": "jsn"])
        let expected = [
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found 'x'",
            "environment: PGTEND_LOG_FORMAT: expected text or json, found 'jsn' (did you mean 'json'?)",
            "command line: --database: expected a database of pgtend.yaml (a) or a connection string, "
                + "found 'b'",
            "command line: --schema: expected the name of a schema (1 to 63 bytes), found an empty text",
        ]
        #expect(found == expected)
    }

    @Test func aContradictionIsJudgedAfterTheEnvironmentHadItsSay() throws {
        let tight = "databases: [{name: a, conninfo: dbname=a, lock_timeout: 6s}]"
        #expect(problems(in: tight).count == 1)
        #expect(problems(in: tight, environment: ["PGTEND_LOCK_TIMEOUT": "1s"]) == [])
        let found = problems(in: two, environment: ["PGTEND_LOCK_BUDGET_PER_HOUR": "10ms"])
        let expected = [
            "environment: PGTEND_LOCK_BUDGET_PER_HOUR: expected at least lock_timeout (100ms), found '10ms'",
            "environment: PGTEND_LOCK_BUDGET_PER_HOUR: expected at least lock_timeout (200ms), found '10ms'",
        ]
        #expect(found == expected)
    }

    @Test func warnsOfConnectionsForASingleRun() throws {
        for (connections, isEnough) in [("3", false), ("4", true)] {
            let loaded = try load(two, environment: ["PGTEND_CONNECTIONS": connections])
            #expect(loaded.warnings.isEmpty == isEnough)
            #expect(loaded.warnings.allSatisfy { "\($0)".contains("one run at a time") })
        }
    }

    @Test func warnsOfUnknownVariablesButNotOfTheTests() throws {
        let loaded = try load(
            two,
            environment: [
                "PGTEND_PREMAEK": "3", "PGTEND_PARTITIONS_PREMAKE": "3", "PGTEND_SERVICE_HOST": "10.0.0.1",
                "PGTEND_TEST_SOCKET": "x", "PATH": "/bin",
            ])
        let expected = [
            "environment: PGTEND_PARTITIONS_PREMAKE: unknown variable, ignored; did you mean 'PGTEND_PREMAKE'?",
            "environment: PGTEND_PREMAEK: unknown variable, ignored; did you mean 'PGTEND_PREMAKE'?",
            "environment: PGTEND_SERVICE_HOST: unknown variable, ignored",
        ]
        #expect(loaded.warnings.map(\.description) == expected)
    }

    // MARK: The file

    @Test func theFlagNamesTheFileBeforeTheVariableDoes() throws {
        var asked: [String] = []
        let read: (String) throws(ConfigurationFile.Failure) -> ConfigurationFile = { path in
            asked.append(path)
            return ConfigurationFile(bytes: Array("databases: [{name: a, conninfo: dbname=a}]".utf8))
        }
        for flag in ["flag.yaml", nil] {
            for variable in ["variable.yaml", ""] {
                _ = try Settings.load(
                    flags: FlagOverrides(configFile: flag), environment: ["PGTEND_CONFIG": variable], readFile: read)
            }
        }
        #expect(asked == ["flag.yaml", "flag.yaml", "variable.yaml", "/etc/pgtend/pgtend.yaml"])
    }

    @Test func theDefaultFileNeedNotExistButANamedOneMust() throws {
        let loaded = try load(nil, flags: FlagOverrides(databases: ["dbname=x"]))
        #expect(loaded.file == nil)
        let missing = problems(in: two, flags: FlagOverrides(configFile: "other.yaml", databases: ["platform"]))
        let expected = [
            "other.yaml: the configuration file cannot be read: No such file or directory; name an existing file with "
                + "--config or PGTEND_CONFIG"
        ]
        #expect(missing == expected)
        let unnamed = problems(in: two, flags: FlagOverrides(configFile: ""))
        #expect(unnamed == ["command line: --config: expected the path of a file, found an empty text"])
    }

    // MARK: The databases

    @Test func withoutASelectorAllDatabasesOfTheFileAreTended() throws {
        #expect(names(try load(two)) == ["platform", "second"])
    }

    @Test func selectorsKeepTheirOrderAndCountOnce() throws {
        let selectors = ["second", "dbname=third host=h", "platform", "second", "dbname=third host=h"]
        #expect(names(try load(two, flags: FlagOverrides(databases: selectors))) == ["second", "third", "platform"])
    }

    @Test func aConninfoHasDefaultsAndTheOverridesOfEnvironmentAndFlags() throws {
        let loaded = try load(
            nil, flags: FlagOverrides(databases: ["host=/run/postgresql dbname=x"], schemas: ["flag"]),
            environment: ["PGTEND_PREMAKE": "1"])
        let expected = DatabaseDefinition(
            name: "x", conninfo: "host=/run/postgresql dbname=x", schemas: ["flag"],
            partitions: PartitionDefaults(premake: 1))
        #expect(loaded.configuration == Configuration(databases: [expected]))
    }

    @Test func conninfosOfOneDatabaseNameAreToldApart() throws {
        let selectors = ["host=a dbname=x", "postgres://u:secret@b/x"]
        let loaded = try load(nil, flags: FlagOverrides(databases: selectors))
        #expect(names(loaded) == ["x", "postgres://u:********@b/x"])
        let besidesTheFile = try load(two, flags: FlagOverrides(databases: ["dbname=platform", "platform"]))
        #expect(names(besidesTheFile) == ["dbname=platform", "platform"])
    }

    @Test func thePGTENDDatabaseSelectsAsTheFlagDoes() throws {
        #expect(names(try load(two, environment: ["PGTEND_DATABASE": "second"])) == ["second"])
        #expect(names(try load(nil, environment: ["PGTEND_DATABASE": "dbname=x"])) == ["x"])
        let found = problems(in: two, environment: ["PGTEND_DATABASE": "secnod"])
        let expected = [
            "environment: PGTEND_DATABASE: expected a database of pgtend.yaml (platform, second) or a connection "
                + "string, found 'secnod'; did you mean 'second'?"
        ]
        #expect(found == expected)
    }

    @Test(arguments: [("PGDATABASE", "x"), ("PGSERVICE", "y"), ("PGHOST", "/run/postgresql")])
    func libpqsOwnVariablesAreEnough(_ variable: String, _ value: String) throws {
        let loaded = try load(nil, environment: [variable: value])
        #expect(loaded.configuration == Configuration(databases: [DatabaseDefinition(name: value, conninfo: "")]))
        #expect(names(try load(two, environment: [variable: value])) == ["platform", "second"])
    }

    @Test func saysWhatToGiveWhenNothingNamesADatabase() {
        let expected = [
            "command line: --database: expected a database to tend, found none: give --database "
                + "'host=/run/postgresql dbname=NAME', set PGTEND_DATABASE, or list it in pgtend.yaml"
        ]
        #expect(problems(in: nil) == expected)
        #expect(problems(in: "log_format: json\n") == expected)
    }

    @Test func namesTheDatabasesWhenASelectorIsUnknown() {
        let found = problems(in: two, flags: FlagOverrides(databases: ["warehouse"]))
        let expected = [
            "command line: --database: expected a database of pgtend.yaml (platform, second) or a connection "
                + "string, found 'warehouse'"
        ]
        #expect(found == expected)
        let withoutFile = problems(in: nil, flags: FlagOverrides(databases: ["warehouse"]))
        let cure = [
            "command line: --database: expected a connection string, as no file names any database, "
                + "found 'warehouse' (a connection string holds '=', as 'dbname=NAME' does)"
        ]
        #expect(withoutFile == cure)
    }

    @Test func saysWhereEachValueComesFrom() throws {
        let loaded = try load(
            two, flags: FlagOverrides(databases: ["second", "platform"], schemas: ["flag"]),
            environment: ["PGTEND_PREMAKE": "7"])
        let file = { (line: Int, column: Int) in
            ConfigurationSource.file(path: "pgtend.yaml", at: Mark(line: line, column: column))
        }
        #expect(loaded.sources["log_format"] == file(1, 13))
        #expect(loaded.sources["databases[0].name"] == file(10, 11))
        #expect(loaded.sources["databases[1].lock_timeout"] == file(6, 19))
        #expect(loaded.sources["databases[0].lock_timeout"] == nil)
        #expect(loaded.sources["databases[0].partitions.premake"] == .environment(variable: "PGTEND_PREMAKE"))
        #expect(loaded.sources["databases[1].schemas"] == .commandLine(flag: "--schema"))
        #expect(loaded.sources["databases[1].partitions.sets[0].premake"] == file(9, 38))
    }
}
