import Foundation
import SystemdIO
import TestSupport
import Testing

/// Against a real journald: what it kept is compared with what was sent.
@Suite(
    "Journal", .enabled(if: StandaloneJournal.isPermitted, Comment(rawValue: StandaloneJournal.requirement)))
struct JournalTests {
    private static let id: MessageID = "6ba0b2d9f1f94b5e9d2c8f0a7c3e4d51"

    private func send(_ entry: JournalEntry, to journal: StandaloneJournal) async throws {
        try await journal.inside { try Journal(identifier: "pgtend-test").send(entry) }
    }

    @Test func keepsEveryPartOfAnEntry() async throws {
        try await StandaloneJournal.with { journal in
            let entry = JournalEntry(
                message: "3 partitions of „Umsätze“ created in 1.2 s", priority: .notice, messageID: Self.id,
                fields: [JournalField("PGTEND_TASK", "partitions"), JournalField("PGTEND_EMPTY", "")],
                location: CodeLocation(file: "Module/File.swift", line: 42, function: "run(_:)"))
            try await send(entry, to: journal)

            let records = try await journal.records("MESSAGE_ID=\(Self.id)")
            #expect(records.count == 1)
            let record = try #require(records.first)
            #expect(record["MESSAGE"] == "3 partitions of „Umsätze“ created in 1.2 s")
            #expect(record["PRIORITY"] == "5")
            #expect(record["SYSLOG_IDENTIFIER"] == "pgtend-test")
            #expect(record["CODE_FILE"] == "Module/File.swift")
            #expect(record["CODE_LINE"] == "42")
            #expect(record["CODE_FUNC"] == "run(_:)")
            #expect(record["PGTEND_TASK"] == "partitions")
            #expect(record["PGTEND_EMPTY"] == "")
            #expect(record["_TRANSPORT"] == "journal")
            #expect(record["_PID"] == String(getpid()))
        }
    }

    @Test func leavesOutWhatAnEntryDoesNotHave() async throws {
        try await StandaloneJournal.with { journal in
            try await send(JournalEntry(message: "bare", priority: .debug), to: journal)

            let record = try #require(try await journal.records("SYSLOG_IDENTIFIER=pgtend-test").first)
            #expect(record["PRIORITY"] == "7")
            for name in ["MESSAGE_ID", "CODE_FILE", "CODE_LINE", "CODE_FUNC"] {
                #expect(record.fields[name] == nil)
            }
        }
    }

    @Test func aValueWithNewlinesForgesNoField() async throws {
        try await StandaloneJournal.with { journal in
            let attack = "events\nPRIORITY=0\nPGTEND_OUTCOME=forged\n\nMESSAGE=a second entry\n"
            let entry = JournalEntry(
                message: attack, priority: .error,
                fields: [JournalField("PGTEND_RELATION", attack), JournalField("PGTEND_TASK", "views")])
            try await send(entry, to: journal)

            let records = try await journal.records("SYSLOG_IDENTIFIER=pgtend-test")
            #expect(records.count == 1)
            let record = try #require(records.first)
            #expect(record["MESSAGE"] == attack)
            #expect(record["PGTEND_RELATION"] == attack)
            #expect(record["PRIORITY"] == "3")
            #expect(record["PGTEND_TASK"] == "views")
            #expect(record.fields["PGTEND_OUTCOME"] == nil)
        }
    }

    @Test func keepsEveryByteOfAValue() async throws {
        try await StandaloneJournal.with { journal in
            let bytes = (0...255).map(UInt8.init) + [0xC3, 0x28, 0x00]
            try await send(
                JournalEntry(message: "bytes", priority: .debug, fields: [JournalField("PGTEND_BYTES", bytes)]),
                to: journal)

            let record = try #require(try await journal.records("SYSLOG_IDENTIFIER=pgtend-test").first)
            #expect(record.fields["PGTEND_BYTES"] == [bytes])
        }
    }

    @Test func keepsAValueThatNoDatagramHolds() async throws {
        try await StandaloneJournal.with { journal in
            // More than the send buffer of a socket (the library asks for 8 MiB): it goes through a file in memory.
            let long = String(repeating: "0123456789abcdef", count: 640 * 1024)
            try await send(
                JournalEntry(message: "long", priority: .debug, fields: [JournalField("PGTEND_LONG", long)]),
                to: journal)

            let record = try #require(try await journal.records("SYSLOG_IDENTIFIER=pgtend-test").first)
            #expect(record["PGTEND_LONG"] == long)
        }
    }

    @Test func keepsEachValueOfARepeatedField() async throws {
        try await StandaloneJournal.with { journal in
            let fields = ["events", "audit_log"].map { JournalField("PGTEND_RELATION", $0) }
            try await send(JournalEntry(message: "two", priority: .debug, fields: fields), to: journal)

            let record = try #require(try await journal.records("SYSLOG_IDENTIFIER=pgtend-test").first)
            let values = try #require(record.fields["PGTEND_RELATION"])
            #expect(Set(values) == [Array("events".utf8), Array("audit_log".utf8)])
        }
    }

    @Test func isReachableOnlyWhereJournaldsSocketIs() async throws {
        try await StandaloneJournal.with { journal in
            #expect(try await journal.inside { Journal.isReachable })
            let without = try await journal.inside {
                try FileManager.default.removeItem(atPath: "/run/systemd/journal/socket")
                return Journal.isReachable
            }
            #expect(!without)
        }
    }

    @Test func returnsTheErrorWhenJournaldDoesNotListen() async throws {
        try await StandaloneJournal.with { journal in
            // A file where the socket was: the kernel refuses the connection, as it does when journald is gone.
            try await journal.inside {
                try FileManager.default.removeItem(atPath: "/run/systemd/journal/socket")
                try Data().write(to: URL(fileURLWithPath: "/run/systemd/journal/socket"))
            }
            let error = try await journal.inside { () -> SystemdError? in
                do throws(SystemdError) {
                    try Journal(identifier: "pgtend-test").send(JournalEntry(message: "lost", priority: .error))
                    return nil
                } catch {
                    return error
                }
            }
            #expect(error?.code == .entryNotSent)
            #expect(error?.errno == ECONNREFUSED)
            #expect(error.map(String.init(describing:))?.contains("'lost': Connection refused") == true)
        }
    }
}
