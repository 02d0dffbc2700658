import CivilTime
import TestSupport

extension Instant {
    /// Reads `YYYY-MM-DD HH:MM[:SS[.ffffff]]` as UTC.
    init(clock text: String) throws {
        let digits = text.split { !$0.isNumber }.compactMap { Int64($0) }
        guard digits.count >= 5,
            let date = CivilDate(year: Int(digits[0]), month: Int(digits[1]), day: Int(digits[2]))
        else { throw TestFailure("no moment: \(text)") }
        let seconds = digits[3] * 3600 + digits[4] * 60 + (digits.count > 5 ? digits[5] : 0)
        self = Instant(midnightOf: date)
            .adding(microseconds: seconds * 1_000_000 + (digits.count > 6 ? digits[6] : 0))
    }
}
