/// The fields of a cron expression, in order; the raw value is the name of the field in messages.
package enum CronField: String, CaseIterable, Hashable, Sendable {
    case minute
    case hour
    case day = "day of the month"
    case month
    case weekday = "day of the week"

    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        // 0 and 7 are both Sunday.
        case .weekday: 0...7
        }
    }

    /// The names of the numbers, beginning with the smallest.
    var names: [String] {
        switch self {
        case .minute, .hour, .day: []
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .weekday: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }

    /// Continues "expected …".
    var expected: String {
        let numbers = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers) or \(first) to \(last)"
    }
}

/// Why a text is not a cron expression.
package struct CronError: Error, Hashable, Sendable {
    /// nil when the expression does not have five fields, or has an unknown nickname.
    package let field: CronField?
    /// Continues "expected …".
    package let expected: String
    /// What was found instead.
    package let found: String
}

extension CronError: CustomStringConvertible {
    /// `hour: expected a number from 0 to 23, found '25'`.
    package var description: String {
        let place = field.map { "\($0.rawValue): " } ?? ""
        return "\(place)expected \(expected), found \(found.isEmpty ? "nothing" : "'\(found)'")"
    }
}
