/// How grave it is that something has failed that often, for that long: a single failure is mostly over before anybody
/// has looked.
package enum FailureSeverity: Int, CaseIterable, Hashable, Comparable, Sendable {
    case passing
    /// From the third failure, or after 15 minutes.
    case lasting
    /// From the tenth failure, or after two hours.
    case severe

    /// - Parameter lasting: since the first of the failures.
    package init(failures: Int, lasting: Duration) {
        if failures >= 10 || lasting >= .seconds(2 * 3_600) {
            self = .severe
        } else if failures >= 3 || lasting >= .seconds(15 * 60) {
            self = .lasting
        } else {
            self = .passing
        }
    }

    package static func < (left: FailureSeverity, right: FailureSeverity) -> Bool { left.rawValue < right.rawValue }
}
