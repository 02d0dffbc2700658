import CivilTime

/// A zone of the server's that all bounds of a table are midnights of.
package struct ZoneFit: Hashable, Sendable {
    package var name: String
    /// The day that begins at each of the bounds.
    package var days: [Instant: CivilDate]
    package var midnights: MidnightShifts

    package init(name: String, days: [Instant: CivilDate], midnights: MidnightShifts) {
        self.name = name
        self.days = days
        self.midnights = midnights
    }

    /// The continent or ocean.
    var area: Substring { name.prefix { $0 != "/" } }

    /// What the server would have said of the zone.
    ///
    /// - Parameter now: a moment whose day is needed, too.
    func sample(now: Instant, through last: CivilDate) -> ZoneSample {
        var sample = ZoneSample()
        for (bound, day) in days { sample.days[bound] = ZoneSample.LocalDay(date: day, startsAt: bound) }
        guard let first = midnights.changes.first?.day, first <= last else { return sample }
        for number in first.daysSinceEpoch...last.daysSinceEpoch {
            let day = CivilDate(daysSinceEpoch: number)
            let midnight = midnights.midnight(of: day)
            sample.midnights[day] = midnight
            if let midnight, midnight <= now { sample.days[now] = ZoneSample.LocalDay(date: day, startsAt: midnight) }
        }
        return sample
    }
}

/// How far the midnights of some days are from those of UTC.
package struct MidnightShifts: Hashable, Sendable {
    /// The first of the days, and each on which the shift is another one than the day before; in microseconds.
    package var changes: [Change]

    package struct Change: Hashable, Sendable {
        package var day: CivilDate
        package var shift: Int64

        package init(day: CivilDate, shift: Int64) {
            self.day = day
            self.shift = shift
        }
    }

    package init(changes: [Change]) {
        self.changes = changes
    }

    /// Of a zone without clock changes.
    init(constant shift: Int64, from day: CivilDate) {
        changes = [Change(day: day, shift: shift)]
    }

    init(_ midnights: [CivilDate: Instant], from day: CivilDate) {
        changes = midnights.keys.filter { $0 >= day }.sorted().reduce(into: []) { changes, day in
            let shift =
                (midnights[day] ?? Instant(midnightOf: day)).microseconds - Instant(midnightOf: day).microseconds
            if shift != changes.last?.shift { changes.append(Change(day: day, shift: shift)) }
        }
    }

    /// The first day since then whose midnight is another one there; nil if none of those that both know is. Whole days are
    /// no difference.
    package func parting(from other: MidnightShifts, since first: CivilDate) -> CivilDate? {
        let days = (changes + other.changes).map(\.day).filter { $0 > first } + [first]
        return days.sorted().first { day in
            guard let own = shift(on: day), let others = other.shift(on: day) else { return false }
            return (own - others) % Instant.microsecondsPerDay != 0
        }
    }

    /// nil for a day before all of them.
    func midnight(of day: CivilDate) -> Instant? {
        shift(on: day).map { Instant(midnightOf: day).adding(microseconds: $0) }
    }

    private func shift(on day: CivilDate) -> Int64? {
        changes.last { $0.day <= day }?.shift
    }
}
