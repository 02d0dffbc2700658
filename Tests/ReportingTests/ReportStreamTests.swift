import Glibc
import Reporting
import TestSupport
import Testing

@Suite("Stream of reports")
struct ReportStreamTests {
    @Test func writesAllOfATextThatNoBufferHolds() async throws {
        let text = String(repeating: "0123456789abcde\n", count: 64 * 1024)
        let ends = try Self.connection()
        async let read = onOwnThread { readToEnd(ends.reading) }
        try await onOwnThread {
            ReportStream(descriptor: ends.writing).write(text)
            close(ends.writing)
        }
        #expect(try await read == text)
    }

    @Test func saysWhatWasLostWhenTheReaderIsBack() async throws {
        let ends = try Self.connection()
        try #require(fcntl(ends.writing, F_SETFL, O_NONBLOCK) == 0)
        let text = String(repeating: "x", count: 4 << 20) + "\n"
        let read = try await onOwnThread {
            let stream = ReportStream(descriptor: ends.writing)
            stream.write(text)
            stream.write("never seen\n")
            let first = readWhatIsThere(ends.reading)
            stream.write("back\n")
            close(ends.writing)
            return first + readToEnd(ends.reading)
        }
        #expect(read.hasPrefix("xxx"))
        #expect(!read.contains("never seen"))
        #expect(read.hasSuffix("x\n(2 reports lost here: Resource temporarily unavailable)\nback\n"))
    }

    /// Close-on-exec from the start: a program that another test starts meanwhile would otherwise hold the writing end
    /// open, and its reader would wait for ever.
    static func connection() throws -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        return (ends[0], ends[1])
    }
}

func readToEnd(_ descriptor: CInt) -> String {
    let text = read(descriptor, flags: 0)
    close(descriptor)
    return text
}

func readWhatIsThere(_ descriptor: CInt) -> String {
    read(descriptor, flags: CInt(MSG_DONTWAIT))
}

/// Until there is no more: at the end, or where waiting would begin.
private func read(_ descriptor: CInt, flags: CInt) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = recv(descriptor, &buffer, buffer.count, flags), count > 0 {
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}
