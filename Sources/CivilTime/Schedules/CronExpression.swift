/// The five fields of a crontab line: minute, hour, day of the month, month, day of the week.
///
/// As in cronie: names of months and weekdays in upper or lower case, ranges, lists, steps, 7 for Sunday, and
/// nicknames such as `@daily`. When both the day of the month and the day of the week are restricted (neither begins
/// with `*`), a day matches if either of them does.
package struct CronExpression: Hashable, Sendable {
    /// As written, but with one space between fields.
    private let text: String
    private let minutes: CronSet
    private let hours: CronSet
    private let days: CronSet
    private let months: CronSet
    /// 0 is Sunday.
    private let weekdays: CronSet

    /// Whether neither the minute nor the hour begins with `*`: the expression names fixed times of the day.
    let hasFixedTimes: Bool
    private let needsBothDays: Bool

    /// Reads `0 3 * * MON-FRI`, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
    package init(_ text: String) throws(CronError) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        var fields = words
        if words.count == 1, let name = words.first, name.hasPrefix("@") {
            guard let line = Self.named[name.lowercased()] else {
                throw CronError(field: nil, expected: "@hourly, @daily, @weekly, @monthly or @yearly", found: name)
            }
            fields = line.split(separator: " ").map(String.init)
        }
        guard fields.count == CronField.allCases.count else {
            let expected = "five fields: " + CronField.allCases.map(\.rawValue).joined(separator: ", ")
            throw CronError(field: nil, expected: expected, found: fields.isEmpty ? "" : "\(fields.count) of them")
        }
        self.text = words.joined(separator: " ")
        minutes = try CronSet(fields[0], of: .minute)
        hours = try CronSet(fields[1], of: .hour)
        days = try CronSet(fields[2], of: .day)
        months = try CronSet(fields[3], of: .month)
        weekdays = try CronSet(fields[4], of: .weekday)
        hasFixedTimes = !fields[0].hasPrefix("*") && !fields[1].hasPrefix("*")
        needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
    }

    private static let named = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]
}

extension CronExpression: CustomStringConvertible {
    package var description: String { text }
}

// MARK: The minutes that match

extension CronExpression {
    /// How far to search, in months. 29 February falls on a given weekday every 28 years, or after 40 years across a
    /// century year that is no leap year. An expression that has no match in that time never has one, such as 30
    /// February.
    private static let horizon = 41 * 12

    /// Whether the expression names only days that do not exist, such as 30 February.
    package var isNeverDue: Bool {
        next(after: ClockMinute(date: CivilDate(daysSinceEpoch: 0), minuteOfDay: 0)) == nil
    }

    /// The first matching minute that is later than `minute`.
    func next(after minute: ClockMinute) -> ClockMinute? {
        let first = minute.adding(1)
        if matches(first.date), let time = timeOfDay(from: first.minuteOfDay) {
            return ClockMinute(date: first.date, minuteOfDay: time)
        }
        var month = CalendarInterval.month.start(of: first.date)
        var after = first.date.day
        for _ in 0...Self.horizon {
            if let day = matchingDays(ofMonth: month).first(from: after + 1), let time = timeOfDay(from: 0) {
                return ClockMinute(date: month.adding(days: day - 1), minuteOfDay: time)
            }
            month = month.adding(months: 1)
            after = 0
        }
        return nil
    }

    /// The last matching minute that is not later than `minute`.
    func latest(notAfter minute: ClockMinute) -> ClockMinute? {
        if matches(minute.date), let time = timeOfDay(upTo: minute.minuteOfDay) {
            return ClockMinute(date: minute.date, minuteOfDay: time)
        }
        var month = CalendarInterval.month.start(of: minute.date)
        var before = minute.date.day
        for _ in 0...Self.horizon {
            if let day = matchingDays(ofMonth: month).last(upTo: before - 1), let time = timeOfDay(upTo: 1439) {
                return ClockMinute(date: month.adding(days: day - 1), minuteOfDay: time)
            }
            month = month.adding(months: -1)
            before = 32
        }
        return nil
    }

    private func timeOfDay(from minuteOfDay: Int) -> Int? {
        let (hour, minute) = (minuteOfDay / 60, minuteOfDay % 60)
        if hours.contains(hour), let minute = minutes.first(from: minute) { return hour * 60 + minute }
        guard let hour = hours.first(from: hour + 1), let minute = minutes.first(from: 0) else { return nil }
        return hour * 60 + minute
    }

    private func timeOfDay(upTo minuteOfDay: Int) -> Int? {
        let (hour, minute) = (minuteOfDay / 60, minuteOfDay % 60)
        if hours.contains(hour), let minute = minutes.last(upTo: minute) { return hour * 60 + minute }
        guard let hour = hours.last(upTo: hour - 1), let minute = minutes.last(upTo: 59) else { return nil }
        return hour * 60 + minute
    }

    private func matches(_ date: CivilDate) -> Bool {
        matchingDays(ofMonth: CalendarInterval.month.start(of: date)).contains(date.day)
    }

    private func matchingDays(ofMonth first: CivilDate) -> CronSet {
        guard months.contains(first.month) else { return CronSet() }
        let length = first.adding(months: 1).daysSinceEpoch - first.daysSinceEpoch
        let byWeekday = weekdays.days(from: first.isoWeekday % 7)
        return (needsBothDays ? days.intersection(byWeekday) : days.union(byWeekday)).intersection(1...length)
    }
}
