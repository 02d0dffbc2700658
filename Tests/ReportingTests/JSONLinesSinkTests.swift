import Foundation
import Maintenance
import Reporting
import Testing

@Suite("JSON lines")
struct JSONLinesSinkTests {
    private func lines(_ events: [MaintenanceEvent]) throws -> [String] {
        try recorded { stream in
            let sink = JSONLinesSink(to: stream) { SampleEvents.start }
            events.forEach(sink.record)
        }.split(separator: "\n").map(String.init)
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func writesOneObjectForEachReportWithTheSameSentence() throws {
        let reports = SampleEvents.all.flatMap(\.reports)
        let objects = try lines(SampleEvents.all).map(object)
        #expect(objects.count == reports.count)
        #expect(reports.contains { !$0.remarks.isEmpty })
        for (object, report) in zip(objects, reports) {
            #expect(object["message"] as? String == report.message)
            #expect(object["event"] as? String == report.kind.rawValue)
            #expect(object["message_id"] as? String == report.kind.messageID.rawValue)
            #expect(object["priority"] as? Int == Int(report.priority.rawValue))
            #expect(object["time"] as? String == "2026-11-23T00:00:00Z")
            #expect(object["remarks"] as? [String] ?? [] == report.remarks)
            #expect(object.count >= 5 + report.fields.count, "a field hides another")
        }
    }

    @Test func keepsTheTypesOfTheFields() throws {
        let event = SampleEvents.event(
            StepReport(
                step: SampleEvents.statistics("a/b"), outcome: .postponed(tries: 5, blockers: [SampleEvents.blocker]),
                duration: .milliseconds(12), attempt: 5))
        let line = try #require(try lines([event]).first)
        let object = try object(line)
        #expect(object["duration_usec"] as? Int == 12_000)
        #expect(object["attempt"] as? Int == 5)
        #expect(object["blocked_by_pid"] as? [Int] == [4711])
        #expect(object["tenant"] as? String == "a/b")
        #expect(line.contains(#""tenant":"a/b""#), "slashes are not escaped")
    }

    @Test func keepsEveryCharacterAndSendsNoneThatATerminalObeys() throws {
        let nasty = "a\n\u{1B}[2J\u{9B}1A\u{7F}\u{202E}\u{E0001}\"\\表🐘\0"
        let line = try #require(
            try lines([SampleEvents.event(SampleEvents.finished(SampleEvents.statistics(nasty), .done))]).first)
        #expect(try object(line)["tenant"] as? String == nasty)
        let controls = line.unicodeScalars.filter {
            [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        #expect(controls.isEmpty)
    }
}
