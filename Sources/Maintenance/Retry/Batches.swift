/// How a table is gone through in batches, from its first place to its last, as a state machine: it is given what a batch
/// came to, and says the next one. It neither waits nor connects itself.
///
/// A batch is as wide as fits into a quarter of the deadline to all of it. One that fails is made narrower, down to a
/// single row, and then may take longer than the deadline: only writers of that row wait for it.
package struct Batches: Sendable {
    package enum Next: Hashable, Sendable {
        case tryAgain
        case pause(Duration)
        case end
    }

    /// Places of a block, of which it has a row in each of the first at most: more than any block can hold.
    package static let placesPerBlock = 2_048
    /// How many times in a row a batch may fail, as on a row that somebody has locked, before its work does.
    private static let tries = 30
    private static let singleRowDeadline = Duration.seconds(60)
    private static let widest = placesPerBlock << 14

    private let count: Int
    private let deadline: Duration
    private let pause: Duration
    private var first = 0
    private var width = 8 * placesPerBlock
    /// Of the current batch, that failed.
    private var failures = 0

    /// - Parameters:
    ///   - blocks: of the table. What is written behind them later is not gone through.
    ///   - deadline: of a batch.
    ///   - pause: after the first failure of a batch; after the second it is twice as long, and so on.
    package init(blocks: Int, deadline: Duration, pause: Duration) {
        count = blocks * Self.placesPerBlock
        self.deadline = deadline
        self.pause = pause
    }

    /// The places of the current batch; nil at the end.
    package var current: Range<Int>? { first < count ? first..<first + width : nil }

    package var currentDeadline: Duration { failures > 0 && width == 1 ? Self.singleRowDeadline : deadline }

    /// The share of the places that is done, from 0 to 1.
    package var share: Double { count == 0 ? 1 : min(1, Double(first) / Double(count)) }

    /// To be called after a batch that was committed.
    package mutating func advance(after duration: Duration) {
        first += width
        failures = 0
        if duration < deadline / 4 { width = min(width * 2, Self.widest) }
    }

    /// To be called after a batch that was rolled back.
    package mutating func next(after failure: FailureClass) -> Next {
        failures += 1
        guard [.lockNotAvailable, .transactionRollback, .timeout].contains(failure), failures < Self.tries else {
            return .end
        }
        width = max(1, width / (width > Self.placesPerBlock ? 4 : 16))
        return failure == .timeout ? .tryAgain : .pause(pause * Double(failures))
    }
}
