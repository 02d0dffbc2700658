import Maintenance
import SQLText
import Settings
import Testing

@Suite("Rendered configuration")
struct RenderingTests {
    @Test func parsesBackToTheSame() throws {
        let loaded = try load(fileWithEveryKey)
        let again = try load(loaded.configuration.rendered())
        #expect(again.configuration == loaded.configuration)
        #expect(try load(loaded.rendered()).configuration == loaded.configuration)
    }

    @Test func parsesBackWhateverTheNames() throws {
        let odd = [
            "null", "2024", "true", "no", "-", "- a", "a: b", "a #b", "\"", "'", "\\", "\n", "\t", "\u{7}", "{", "[",
            "&a",
            "*a", "!a", "%a", "@a", "`a", "e\u{301}", "\u{FEFF}", "\u{2028}", "\u{1F418}", "Ünïcödé", " a ", "?", "|",
            ">",
            "\"\u{301}", String(repeating: "\u{E9}", count: 31), "~", "<<", "1e3", "0x1F", "::", ".", "a.b", "\u{85}",
        ]
        var database = DatabaseDefinition(name: "odd #1: 'x'", conninfo: "dbname='odd \\' \\\\'", schemas: odd)
        database.partitionSets = odd.map { PartitionSetDefinition(table: RelationName(schema: $0, name: $0)) }
        let configuration = Configuration(databases: [database])
        #expect(try load(configuration.rendered()).configuration == configuration)
    }

    @Test func showsEveryEffectiveValueAndWhereItComesFrom() throws {
        let loaded = try load(
            "databases:\n  - name: a\n    conninfo: host=h password=hush dbname=a\n    lock_tries: 3\n",
            flags: FlagOverrides(schemas: ["x", "Y z"]),
            environment: ["PGTEND_PREMAKE": "6", "PGTEND_STOP_GRACE": "2min", "PGTEND_VIEWS_EVERY": "1min"])
        let expected = """
            connections: 8
            stop_grace: 2min  # environment: PGTEND_STOP_GRACE
            databases:
              - name: a  # pgtend.yaml:2:11
                conninfo: "host=h password=******** dbname=a"  # pgtend.yaml:3:15
                pooler: refuse
                schemas: [x, "Y z"]  # command line: --schema
                lock_timeout: 200ms
                lock_tries: 3  # pgtend.yaml:4:17
                lock_budget_per_hour: 5s
                slice: 15min
                partitions:
                  discover: true
                  premake: 6  # environment: PGTEND_PREMAKE
                  fill_gaps: false
                  schedule:
                    every: 1h
                    jitter: 0ms
                  analyze:
                    enabled: false
                    statement_timeout: 1h
                    schedule:
                      every: 1h
                      jitter: 0ms
                  sets: []
                views:
                  discover: true
                  blocking: refuse
                  statement_timeout: 1h
                  schedule:
                    every: 1min  # environment: PGTEND_VIEWS_EVERY
                    jitter: 0ms
                  list: []
                statistics:
                  discover: true
                  statement_timeout: 1h
                  schedule:
                    every: 15min
                    jitter: 0ms
                ledger:
                  enabled: true
                  keep: 30d
                  keep_runs: 10000

            """
        #expect(loaded.rendered() == expected)
    }
}
