import CivilTime
import Maintenance
import SQLText
import Settings
import Testing

@Suite("Configuration file")
struct ConfigurationFileTests {
    @Test func takesEveryKey() throws {
        let loaded = try load(fileWithEveryKey)
        let platform = DatabaseDefinition(
            name: "platform", conninfo: "host=/run/postgresql dbname=platform", pooler: .session,
            schemas: ["mcp", "Odd Schema"],
            partitions: PartitionDefaults(
                discover: false, premake: 4, fillGaps: true,
                runway: RunwayLimits(warning: .seconds(45 * 86_400), critical: .seconds(10 * 86_400)),
                schedule: TaskSchedule(
                    .cron(try CronExpression("30 2 * * MON-FRI"), try ZoneRules.load(named: "Europe/Berlin")),
                    jitter: .seconds(600), startWithin: .seconds(4 * 3600)),
                analysis: AnalysisDefaults(
                    enabled: true, statementTimeout: .seconds(3 * 3600),
                    schedule: TaskSchedule(.every(.seconds(2 * 3600)), jitter: .seconds(60)))),
            partitionSets: [
                PartitionSetDefinition(
                    table: RelationName(schema: "mcp", name: "audit_log"), interval: .month, zone: "Europe/Berlin",
                    premake: 6, naming: NamingPattern("audit_log_{YYYY}_{MM}"), fillGaps: false,
                    runway: RunwayLimits(warning: .seconds(60 * 86_400), critical: .zero), bridge: true),
                PartitionSetDefinition(table: RelationName(schema: "Odd Schema", name: "t.1"), enabled: false),
            ],
            views: ViewDefaults(
                discover: false, blocking: .allow, statementTimeout: .seconds(5_400),
                schedule: TaskSchedule(.every(.seconds(300)), jitter: .seconds(30))),
            viewDefinitions: [
                ViewDefinition(
                    view: RelationName(schema: "mcp", name: "agent_cost_analytics"), blocking: .refuse,
                    statementTimeout: .seconds(600), enabled: false)
            ],
            corpora: [
                CorpusDefinition(
                    source: RelationName(schema: "search", name: "documents"),
                    sourceColumns: .init(tenant: "org_id", tsvector: "body_tsv"),
                    target: RelationName(schema: "search", name: "corpus_stats"),
                    targetColumns: .init(
                        tenant: "org_id", documents: "n", average: "avg_len", frequencies: "df",
                        updated: "counted_at"),
                    terms: .init(
                        table: RelationName(schema: "search", name: "terms"), tenant: "org_id", term: "lexeme",
                        documents: "n"),
                    function: RelationName(schema: "search", name: "refresh_stats"))
            ],
            statistics: StatisticsDefaults(
                discover: false, statementTimeout: .seconds(7_200),
                schedule: TaskSchedule(.cron(try CronExpression("@hourly"), .utc))),
            locks: LockBudget(perStep: .milliseconds(150), tries: 7, perTableAndHour: .seconds(4)),
            slice: .seconds(600),
            ledger: LedgerDefinition(enabled: false, keep: .seconds(7 * 86_400), keepRuns: 500, owner: "keeper"))
        let second = DatabaseDefinition(name: "second", conninfo: "postgresql://tender@db.example.com/second")
        let expected = Configuration(
            databases: [platform, second], logFormat: .json, connections: 6, stopGrace: .seconds(60))
        #expect(loaded.configuration == expected)
        #expect(loaded.warnings == [])
        #expect(loaded.file == "pgtend.yaml")
    }

    @Test func needsNothingButNameAndConninfo() throws {
        let loaded = try load("databases: [{name: a, conninfo: dbname=a}]")
        #expect(loaded.configuration == Configuration(databases: [DatabaseDefinition(name: "a", conninfo: "dbname=a")]))
    }

    @Test func takesAHeadingWithNothingUnderItForAbsent() throws {
        let loaded = try load(
            """
            databases:
              - name: a
                conninfo: dbname=a
                partitions:
                  sets:
                views:
                  schedule:
                statistics:
                  corpora:
                ledger:
            """)
        #expect(loaded.configuration == Configuration(databases: [DatabaseDefinition(name: "a", conninfo: "dbname=a")]))
    }

    @Test func tellsNoCorporaFromUnsaidCorpora() throws {
        let loaded = try load("databases: [{name: a, conninfo: dbname=a, statistics: {corpora: []}}]")
        #expect(loaded.configuration.databases.first?.corpora == [])
    }

    @Test func takesAByteOrderMarkAndWindowsLineEnds() throws {
        let loaded = try load("\u{FEFF}databases:\r\n  - name: a\r\n    conninfo: dbname=a\r\n")
        #expect(loaded.configuration.databases.map(\.conninfo) == ["dbname=a"])
    }

    @Test func readsTextsThatYAMLCouldTakeForOtherThings() throws {
        let loaded = try load("databases: [{name: no, conninfo: dbname=a, schemas: [2024, on, 1e3]}]")
        #expect(loaded.configuration.databases.first?.name == "no")
        #expect(loaded.configuration.databases.first?.schemas == ["2024", "on", "1e3"])
    }

    @Test(
        arguments: [
            ("200ms", Duration.milliseconds(200)), ("5s", .seconds(5)), ("1min", .seconds(60)), ("1 s", .seconds(1)),
            ("1m", .seconds(60)),
        ])
    func readsDurations(_ text: String, _ duration: Duration) throws {
        let loaded = try load(
            "databases: [{name: a, conninfo: dbname=a, lock_timeout: \(text), lock_budget_per_hour: 1h}]")
        #expect(loaded.configuration.databases.first?.locks.perStep == duration)
    }
}
