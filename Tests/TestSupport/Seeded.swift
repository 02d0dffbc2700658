import Glibc

/// Random numbers that a failure can be replayed with (SplitMix64).
///
/// The seed is fixed, unless `PGTEND_TEST_SEED` gives one. Put `seed` into the comment of each expectation that depends
/// on the numbers: `#expect(holds, "seed \(random.seed)")`.
package struct Seeded: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init() {
        guard let text = getenv("PGTEND_TEST_SEED").map({ String(cString: $0) }) else {
            self.init(seed: 20_250_301)
            return
        }
        guard let seed = UInt64(text) else { fatalError("PGTEND_TEST_SEED: '\(text)' is not a whole number") }
        self.init(seed: seed)
    }

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
