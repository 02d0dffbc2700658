import Glibc
import SystemdIO
import Testing

@Suite("Journal stream")
struct JournalStreamTests {
    @Test func readsDeviceAndInode() {
        #expect(JournalStream(announcement: "9:16017") == JournalStream(device: 9, inode: 16017))
        #expect(
            JournalStream(announcement: "18446744073709551615:0") == JournalStream(device: .max, inode: 0))
    }

    @Test(arguments: [
        "", ":", "9", "9:", ":9", "9:1:1", "+9:1", "9:-1", "0x9:1", " 9:1", "9:1\n", "18446744073709551616:1",
    ])
    func takesNoOtherAnnouncement(text: String) {
        #expect(JournalStream(announcement: text) == nil)
    }

    @Test func isConnectedOnlyToTheVeryStreamThatIsAnnounced() throws {
        var ends: [CInt] = [-1, -1]
        var others: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &others) == 0)
        defer { for descriptor in ends + others { close(descriptor) } }
        var status = stat()
        try #require(fstat(ends[0], &status) == 0)
        let announcement = "\(status.st_dev):\(status.st_ino)"

        #expect(JournalStream.isConnected(announcement: announcement, descriptor: ends[0]))
        #expect(!JournalStream.isConnected(announcement: announcement, descriptor: others[0]), "redirected elsewhere")
        #expect(!JournalStream.isConnected(announcement: nil, descriptor: ends[0]), "not started by systemd")
        #expect(!JournalStream.isConnected(announcement: "nonsense", descriptor: ends[0]))
    }

    @Test func isNotConnectedWhenTheDescriptorIsClosed() {
        #expect(JournalStream(descriptor: -1) == nil)
        #expect(!JournalStream.isConnected(announcement: "9:16017", descriptor: -1))
    }

    @Test func knowsTheProcessThatSystemdExecutedFromItsChildren() {
        #expect(ServiceManager.executed(announcement: "4711", process: 4711))
        #expect(!ServiceManager.executed(announcement: "4711", process: 4712))
        #expect(!ServiceManager.executed(announcement: nil, process: 4711))
    }
}
