import Maintenance
import TestSupport
import Testing

@Suite("Batches of a table")
struct BatchesTests {
    private static let block = Batches.placesPerBlock

    private func batches(blocks: Int) -> Batches {
        Batches(blocks: blocks, deadline: .milliseconds(200), pause: .milliseconds(100))
    }

    @Test(
        "Each place is in exactly one batch that was committed, whatever fails between",
        arguments: 0..<50 as Range<UInt64>)
    func goesThroughEachPlaceOnce(seed: UInt64) {
        var random = Seeded(seed: seed)
        let blocks = Int.random(in: 0...200, using: &random)
        var batches = batches(blocks: blocks)
        var place = 0
        while let range = batches.current {
            #expect(range.lowerBound == place && !range.isEmpty)
            if Int.random(in: 0..<4, using: &random) == 0 {
                let failures: [FailureClass] = [.lockNotAvailable, .transactionRollback, .timeout]
                let next = batches.next(after: failures.randomElement(using: &random) ?? .timeout)
                #expect(next != .end)
                #expect((batches.current?.lowerBound ?? -1) == place)
            } else {
                batches.advance(after: .milliseconds(Int.random(in: 0...200, using: &random)))
                place = range.upperBound
            }
        }
        #expect(place >= blocks * Self.block && batches.share == 1)
    }

    @Test("A batch is as wide as fits into a quarter of the deadline")
    func widens() {
        var batches = batches(blocks: 1_000_000)
        #expect(batches.current?.count == 8 * Self.block)
        batches.advance(after: .milliseconds(49))
        #expect(batches.current == 8 * Self.block..<24 * Self.block)
        batches.advance(after: .milliseconds(50))
        #expect(batches.current?.count == 16 * Self.block)
        for _ in 1...20 { batches.advance(after: .zero) }
        #expect(batches.current?.count == Self.block << 14)
    }

    @Test("One that fails is made narrower, down to a single row, which may take longer than the deadline")
    func narrows() {
        var batches = batches(blocks: 100)
        for width in [2 * Self.block, Self.block / 2, Self.block / 32, Self.block / 512, 1] {
            #expect(batches.currentDeadline == .milliseconds(200))
            #expect(batches.next(after: .timeout) == .tryAgain)
            #expect(batches.current == 0..<max(1, width))
        }
        #expect(batches.currentDeadline == .seconds(60))
    }

    @Test("Others are waited for, a little longer each time, and not for ever")
    func pauses() {
        var batches = batches(blocks: 100)
        #expect(batches.next(after: .lockNotAvailable) == .pause(.milliseconds(100)))
        #expect(batches.next(after: .transactionRollback) == .pause(.milliseconds(200)))
        for _ in 3...29 { #expect(batches.next(after: .lockNotAvailable) != .end) }
        #expect(batches.currentDeadline == .seconds(60))
        #expect(batches.next(after: .lockNotAvailable) == .end)
    }

    @Test("After one that was committed the tries are counted anew")
    func countsAnew() {
        var batches = batches(blocks: 100)
        for _ in 1...29 { #expect(batches.next(after: .lockNotAvailable) != .end) }
        batches.advance(after: .seconds(1))
        #expect(batches.next(after: .lockNotAvailable) == .pause(.milliseconds(100)))
    }

    @Test(
        "What others have not caused fails at once",
        arguments: [FailureClass.privilege, .connection, .other, .cancelled])
    func fails(failure: FailureClass) {
        var batches = batches(blocks: 1)
        #expect(batches.next(after: failure) == .end)
    }
}
