import CivilTime
import Foundation
import Maintenance
import Settings
import TestSupport
import Testing

@Suite("What a reload changes")
struct ConfigurationChangesTests {
    private func changes(_ old: String, _ new: String) throws -> [String] {
        try load(old).configuration.changes(to: load(new).configuration)
    }

    @Test(
        arguments: [
            // What is changed in the file with every key, and what is said of it.
            ("log_format: json", "log_format: text", ["log_format: json -> text"]),
            ("log_format: json", "", ["log_format: json -> none"]),
            ("connections: 6", "connections: 16", ["connections: 6 -> 16"]),
            ("stop_grace: 1min", "stop_grace: 90s", ["stop_grace: 1min -> 90s"]),
            (
                "schemas: [mcp, \"Odd Schema\"]", "schemas: [mcp]",
                ["database platform: schemas: [mcp, \"Odd Schema\"] -> [mcp]"]
            ),
            (
                "schedule: {every: 5m, jitter: 30s}", "schedule: {every: 15min}",
                [
                    "database platform: views.schedule.every: 5min -> 15min",
                    "database platform: views.schedule.jitter: 30s -> 0ms",
                ]
            ),
            (
                "schedule: {every: 5m, jitter: 30s}", "schedule: {cron: '@daily', jitter: 30s}",
                [
                    "database platform: views.schedule.cron: none -> \"@daily\"",
                    "database platform: views.schedule.zone: none -> UTC",
                    "database platform: views.schedule.every: 5min -> none",
                ]
            ),
            (
                "zone: Europe/Berlin\n        jitter", "zone: Europe/Paris\n        jitter",
                [
                    "database platform: partitions.schedule.zone: Europe/Berlin -> Europe/Paris"
                ]
            ),
            (
                "premake: 6", "premake: 7",
                ["database platform: partitions.sets[mcp.audit_log].premake: 6 -> 7"]
            ),
            (
                "        - table: '\"Odd Schema\".\"t.1\"'\n          enabled: false\n", "",
                ["database platform: partitions.sets[\"Odd Schema\".\"t.1\"]: removed"]
            ),
            (
                "view: mcp.agent_cost_analytics", "view: mcp.other",
                [
                    "database platform: views.list[mcp.other]: added",
                    "database platform: views.list[mcp.agent_cost_analytics]: removed",
                ]
            ),
            (
                "average: avg_len", "average: mean",
                ["database platform: statistics.corpora[search.corpus_stats].target.average: avg_len -> mean"]
            ),
            (
                "          function: search.refresh_stats\n", "",
                [
                    "database platform: statistics.corpora[search.corpus_stats].function: search.refresh_stats -> none"
                ]
            ),
            ("keep: 7d", "keep: 8d", ["database platform: ledger.keep: 7d -> 8d"]),
            ("  - name: second", "  - name: third", ["database third: added", "database second: removed"]),
            (
                "postgresql://tender@db.example.com/second", "postgresql://tender:hush@db.example.com/second",
                [
                    "database second: conninfo: \"postgresql://tender@db.example.com/second\" -> "
                        + "\"postgresql://tender:********@db.example.com/second\""
                ]
            ),
            ("[mcp, \"Odd Schema\"]", "['mcp', 'Odd Schema']", []),
        ] as [(String, String, [String])])
    func isSaidValueByValue(old: String, new: String, lines: [String]) throws {
        try #require(fileWithEveryKey.contains(old))
        let changed = fileWithEveryKey.replacing(old, with: new, maxReplacements: 1)
        #expect(try changes(fileWithEveryKey, changed) == lines)
    }

    @Test func neverShowsASecretButThatItHasChanged() throws {
        let file = { (secret: String) in "databases: [{name: a, conninfo: 'host=h password=\(secret) dbname=a'}]" }
        #expect(try changes(file("hush"), file("hushed")) == ["database a: conninfo: another secret"])
        let moved = file("hushed").replacing("host=h", with: "host=other")
        let expected =
            "database a: conninfo: \"host=h password=******** dbname=a\" -> "
            + "\"host=other password=******** dbname=a\""
        #expect(try changes(file("hush"), moved) == [expected])
    }

    @Test func tellsNoCorporaFromUnsaidCorpora() throws {
        let file = { (lines: String) in "databases: [{name: a, conninfo: dbname=a, statistics: {\(lines)}}]" }
        #expect(try changes(file(""), file("corpora: []")) == ["database a: statistics.corpora: none -> []"])
        let one = file("corpora: [{source: {table: s.d}, target: {table: s.t}}]")
        #expect(try changes(file(""), one) == ["database a: statistics.corpora[s.t]: added"])
        #expect(try changes(one, file("")) == ["database a: statistics.corpora[s.t]: removed"])
    }

    @Test func saysThatAZoneHasOtherRules() throws {
        try TemporaryFolder.with { folder in
            let text = """
                databases: [{name: a, conninfo: dbname=a, views: {schedule: {cron: "0 3 * * *", zone: Zone}}}]
                """
            let old = try load(text, zoneDirectory: zone("Etc/GMT-1", in: folder)).configuration
            let new = try load(text, zoneDirectory: zone("Etc/GMT-2", in: folder)).configuration
            #expect(old.changes(to: new) == ["database a: views.schedule.zone: Zone has other rules"])
            #expect(old.changes(to: old) == [])
        }
    }

    /// The folder, in which that zone is called Zone.
    private func zone(_ name: String, in folder: String) throws -> String {
        let file = folder + "/Zone"
        if FileManager.default.fileExists(atPath: file) { try FileManager.default.removeItem(atPath: file) }
        try FileManager.default.copyItem(atPath: "\(ZoneRules.systemDirectory)/\(name)", toPath: file)
        return folder
    }

    @Test func isNothingExactlyWhenTheConfigurationIsTheSame() throws {
        let complete = try load(fileWithEveryKey).configuration
        #expect(complete.changes(to: complete) == [])
        let lines = fileWithEveryKey.split(separator: "\n")
        var accepted = 0
        for index in lines.indices {
            let shorter = (lines[..<index] + lines[(index + 1)...]).joined(separator: "\n")
            guard problems(in: shorter).isEmpty else { continue }
            accepted += 1
            let other = try load(shorter).configuration
            #expect(complete.changes(to: other).isEmpty == (complete == other), "without \(lines[index])")
            #expect(other.changes(to: complete).isEmpty == (complete == other), "without \(lines[index])")
        }
        #expect(accepted > 20)
    }
}
