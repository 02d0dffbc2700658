import Dispatch
import Glibc
import Reporting
import Synchronization
import TestSupport
import Testing

@Suite("Queue of what is to be written")
struct OutputQueueTests {
    /// Writes when it is let, and knows what it has written.
    private final class Reader: Sendable {
        let written = Mutex<[String]>([])
        private let gate = DispatchSemaphore(value: 0)

        func read(_ count: Int = 1) { for _ in 0..<count { gate.signal() } }

        func take(_ text: String) {
            gate.wait()
            written.withLock { $0.append(text) }
        }
    }

    private func submit(_ texts: [String], to queue: OutputQueue, _ reader: Reader, bytes: Int = 10) {
        for text in texts {
            queue.submit(bytes: bytes) { dropped in reader.take(dropped > 0 ? "\(dropped) dropped, \(text)" : text) }
        }
    }

    @Test func dropsWhatItHasNoRoomForAndCountsItWhereItWouldHaveBeen() async throws {
        try await onOwnThread {
            let (queue, reader) = (OutputQueue(), Reader())
            try #require(queue.open(limit: 30))
            submit(["a", "b", "c", "d", "e"], to: queue, reader)
            #expect(!queue.drain(within: .milliseconds(10)))
            reader.read(3)
            #expect(queue.drain(within: .seconds(60)))
            submit(["f", "g"], to: queue, reader)
            reader.read(2)
            #expect(queue.drain(within: .seconds(60)))
            #expect(reader.written.withLock(\.self) == ["a", "b", "c", "2 dropped, f", "g"])
        }
    }

    @Test func hasAlwaysRoomForOneHoweverLong() async throws {
        try await onOwnThread {
            let (queue, reader) = (OutputQueue(), Reader())
            try #require(queue.open(limit: 30))
            submit(["long"], to: queue, reader, bytes: 1_000)
            submit(["a"], to: queue, reader)
            reader.read()
            #expect(queue.drain(within: .seconds(60)))
            submit(["b"], to: queue, reader)
            reader.read()
            #expect(queue.drain(within: .seconds(60)))
            #expect(reader.written.withLock(\.self) == ["long", "1 dropped, b"])
        }
    }

    @Test func writesAtOnceWhatComesBeforeItIsOpen() {
        let (queue, reader) = (OutputQueue(), Reader())
        reader.read()
        submit(["a"], to: queue, reader)
        #expect(reader.written.withLock(\.self) == ["a"])
        #expect(queue.drain(within: .zero))
    }

    /// In the form of the sink, so that a program that reads JSON lines can go on reading.
    @Test func aStreamSaysWhatItHadNoRoomForOnceItIsRead() async throws {
        let ends = try ReportStreamTests.connection()
        let text = try await onOwnThread {
            let queue = OutputQueue()
            try #require(queue.open(limit: 1 << 16))
            let stream = ReportStream(descriptor: ends.writing, queue: queue)
            let sink = JSONLinesSink(to: stream) { SampleEvents.start }
            let event = SampleEvents.event(SampleEvents.finished(SampleEvents.partition(), .done))
            // More than the socket and the queue hold; nobody reads, and nobody waits.
            for _ in 0..<10_000 { sink.record(event) }
            #expect(!queue.drain(within: .milliseconds(10)))
            var text = ""
            while !queue.drain(within: .milliseconds(10)) { text += readWhatIsThere(ends.reading) }
            sink.record(event)
            #expect(queue.drain(within: .seconds(60)))
            close(ends.writing)
            return text + readToEnd(ends.reading)
        }
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
        #expect(lines.count { $0.contains("\"reports_lost\"") } == 1)
        #expect(
            lines.dropLast().last?.contains("\"lost\":\(10_002 - lines.count)") == true,
            "\(lines.dropLast().last ?? "")")
    }
}
