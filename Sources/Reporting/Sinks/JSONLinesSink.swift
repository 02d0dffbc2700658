import CivilTime
import FoundationEssentials
import Maintenance

/// Writes every report as a JSON object on a line of its own, for programs that follow a run.
package struct JSONLinesSink: EventSink {
    private let stream: ReportStream
    private let namesDatabases: Bool
    private let now: @Sendable () -> Instant

    package init(namesDatabases: Bool = false, to stream: ReportStream, now: @escaping @Sendable () -> Instant) {
        self.namesDatabases = namesDatabases
        self.stream = stream
        self.now = now
    }

    package func record(_ event: MaintenanceEvent) {
        for report in event.reports(namingDatabases: namesDatabases) {
            stream.write(line(for: report), sayingLoss: lossNotice)
        }
    }

    @Sendable private func lossNotice(_ count: Int, _ reason: String) -> String {
        ServiceEvent.reportsLost(count: count, reason: reason).reports.map(line).joined()
    }

    private func line(for report: Report) -> String {
        do {
            return try Self.line(for: report, at: now()) + "\n"
        } catch {
            // Cannot happen, since strings and integers always have a JSON form; the message is written anyway.
            return #"{"error":"a report has no JSON form"}"# + "\n" + report.message + "\n"
        }
    }

    private static func line(for report: Report, at time: Instant) throws -> String {
        var object: [String: JSONValue] = [
            "time": .text(time.iso8601), "event": .text(report.kind.rawValue), "message": .text(report.message),
            "message_id": .text(report.kind.messageID.rawValue), "priority": .integer(Int64(report.priority.rawValue)),
        ]
        if !report.remarks.isEmpty { object["remarks"] = .texts(report.remarks) }
        for field in report.fields { object[field.name.jsonKey] = field.value }

        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(object), as: UTF8.self).visibleJSON
    }
}

private typealias JSONValue = ReportField.Value

extension ReportField.Value: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .texts(let texts): try container.encode(texts)
        case .integers(let numbers): try container.encode(numbers)
        }
    }
}
