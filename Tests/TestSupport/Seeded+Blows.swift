import Glibc

extension Seeded {
    /// The statements of a run that are struck, by their numbers from 1: every one with `PGTEND_TEST_BLOWS`, as
    /// `make test-blows` does it, else a sample.
    ///
    /// - Parameters:
    ///   - share: one of so many.
    ///   - variant: a number for each way to strike, so that each has a sample of its own.
    package mutating func struck(of statements: Int, oneIn share: UInt64, variant: Int) -> [Int] {
        let share = getenv("PGTEND_TEST_BLOWS") == nil ? share : 1
        for _ in 0..<variant { _ = next() }
        return statements < 1 ? [] : (1...statements).filter { _ in next() % share == 0 }
    }
}
