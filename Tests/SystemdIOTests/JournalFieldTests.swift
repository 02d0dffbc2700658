import Testing

@testable import SystemdIO

@Suite("Journal fields")
struct JournalFieldTests {
    @Test(arguments: ["A", "PGTEND_TASK", "A1_", String(repeating: "A", count: 64)])
    func takesANameThatJournaldKeeps(name: String) throws {
        #expect(try JournalField.Name(name).text == name)
    }

    @Test(arguments: [
        "", "_PID", "1ST", "lower", "WITH SPACE", "A=B", "A\nB", "A-B", "ÄRGER", String(repeating: "A", count: 65),
    ])
    func refusesANameThatJournaldWouldDrop(name: String) {
        #expect(throws: SystemdError(.invalidFieldName, context: name)) { try JournalField.Name(name) }
    }

    @Test(arguments: [
        "MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "CODE_FILE", "CODE_LINE", "CODE_FUNC",
    ])
    func refusesANameThatTheEntryWritesItself(name: String) {
        #expect(throws: SystemdError(.reservedFieldName, context: name)) { try JournalField.Name(name) }
    }

    @Test func saysWhatANameMustBe() {
        let error = SystemdError(.invalidFieldName, context: "lower")
        #expect(error.description.contains("upper-case letters, digits and underscores"))
        #expect(error.description.contains("'lower'"))
    }
}
