import Foundation
import Glibc
import Reporting
import TestSupport
import Testing

@Suite("Stream of reports")
struct ReportStreamTests {
    @Test func writesAllOfATextThatNoBufferHolds() async throws {
        let pipe = Pipe()
        let text = String(repeating: "0123456789abcde\n", count: 64 * 1024)
        async let read = onOwnThread { try pipe.fileHandleForReading.readToEnd() }
        try await onOwnThread {
            ReportStream(descriptor: pipe.fileHandleForWriting.fileDescriptor).write(text)
            try pipe.fileHandleForWriting.close()
        }
        #expect(try await read == Data(text.utf8))
    }

    @Test func saysWhatWasLostWhenTheReaderIsBack() async throws {
        let pipe = Pipe()
        let (reader, writer) = (pipe.fileHandleForReading, pipe.fileHandleForWriting.fileDescriptor)
        try #require(setNonBlocking(writer))
        let text = String(repeating: "x", count: 2 * 65_536) + "\n"
        let read = try await onOwnThread {
            let stream = ReportStream(descriptor: writer)
            stream.write(text)
            stream.write("never seen\n")
            let first = reader.availableData
            stream.write("back\n")
            try pipe.fileHandleForWriting.close()
            return String(decoding: first + (try reader.readToEnd() ?? Data()), as: UTF8.self)
        }
        #expect(read.hasPrefix("xxx"))
        #expect(!read.contains("never seen"))
        #expect(read.hasSuffix("x\n(2 reports lost here: Resource temporarily unavailable)\nback\n"))
    }

    private func setNonBlocking(_ descriptor: CInt) -> Bool {
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0
    }
}
