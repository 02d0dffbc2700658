import Dispatch
import Glibc
import Testing

@testable import PostgresClient

@Suite("Waiting for a socket", .timeLimit(.minutes(1)))
struct WaitTests {
    @Test func endsWithTheSocketTheDeadlineOrAWakeUp() async {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        let (socket, peer) = (ends[0], ends[1])
        let soon = ContinuousClock.now + .milliseconds(20)
        let late = ContinuousClock.now + .seconds(60)
        #expect(await outcome(socket, .read, soon) == .deadline)
        #expect(await outcome(socket, .read, .now - .seconds(1)) == .deadline)
        #expect(await outcome(-1, [], soon) == .deadline)
        #expect(await outcome(socket, [.read, .write], late) == .ready)
        #expect(await outcome(socket, .read, nil) { _ in send(peer, "x", 1, 0) } == .ready)
        #expect(await outcome(socket, .read, nil) == .ready)
        recv(socket, &ends, 1, 0)
        #expect(await outcome(socket, .read, late) { $0.wake() } == .woken)
        #expect(await outcome(-1, [], nil) { $0.wake() } == .woken)
        #expect(await outcome(socket, .read, nil) { _ in shutdown(peer, Int32(SHUT_RDWR)) } == .ready)
    }

    @Test func endsAtOnceByAWakeUpThatCameBefore() async {
        let queue = DispatchQueue(label: "wait")
        let outcome = await withCheckedContinuation { continuation in
            queue.async {
                var wait = WakeableWait()
                wait.wake()
                wait.begin(socket: -1, interest: [], until: .now + .seconds(10), on: queue) {
                    continuation.resume(returning: $0)
                }
            }
        }
        #expect(outcome == .woken)
    }

    /// Begins a wait on a queue of its own, and then, on the same queue, lets `event` happen.
    private func outcome(
        _ socket: Int32, _ interest: SocketWait.Interest, _ deadline: ContinuousClock.Instant?,
        event: @escaping @Sendable (SocketWait) -> Void = { _ in }
    ) async -> SocketWait.Outcome {
        let queue = DispatchQueue(label: "wait")
        return await withCheckedContinuation { continuation in
            queue.async {
                let wait = SocketWait(socket: socket, interest: interest, until: deadline, on: queue) {
                    continuation.resume(returning: $0)
                }
                event(wait)
            }
        }
    }
}
