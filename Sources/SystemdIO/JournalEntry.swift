import Glibc

/// One entry of the systemd journal, as a value.
package struct JournalEntry: Hashable, Sendable {
    /// The text for people. It must not contain control characters other than newline and tab: journalctl would show
    /// such a message as a blob, without its text.
    package var message: String
    package var priority: Priority
    package var messageID: MessageID?
    /// A name may occur more than once: the journal keeps all its values.
    package var fields: [JournalField]
    package var location: CodeLocation?

    package init(
        message: String, priority: Priority, messageID: MessageID? = nil, fields: [JournalField] = [],
        location: CodeLocation? = nil
    ) {
        self.message = message
        self.priority = priority
        self.messageID = messageID
        self.fields = fields
        self.location = location
    }

    /// Calls `body` with the assignments `NAME=value` of this entry as `sd_journal_sendv` takes them: one vector for
    /// each assignment. A value ends where its vector ends, so that no byte in it can begin another field; the library
    /// sends the length of a value that contains a newline. The vectors are valid during the call only.
    func withAssignments<Result>(identifier: String, _ body: (UnsafeBufferPointer<iovec>) -> Result) -> Result {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        func assign(_ name: String, _ value: some Sequence<UInt8>) {
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: value)
            ends.append(bytes.count)
        }
        assign("MESSAGE", message.utf8)
        assign("PRIORITY", String(priority.rawValue).utf8)
        assign("SYSLOG_IDENTIFIER", identifier.utf8)
        if let messageID { assign("MESSAGE_ID", messageID.rawValue.utf8) }
        if let location {
            assign("CODE_FILE", location.file.utf8)
            assign("CODE_LINE", String(location.line).utf8)
            assign("CODE_FUNC", location.function.utf8)
        }
        for field in fields { assign(field.name.text, field.value) }

        return bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = ends.map { end in
                defer { start = end }
                return iovec(iov_base: buffer.baseAddress.map { $0 + start }, iov_len: end - start)
            }
            return vectors.withUnsafeBufferPointer(body)
        }
    }
}
