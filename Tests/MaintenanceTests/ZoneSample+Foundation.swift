import CivilTime
import Foundation
import Maintenance

extension ZoneSample {
    /// What a server answers, from Foundation's zone rules; nil when there is no such zone.
    init?(_ identifier: String, answering questions: ZoneQuestions) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.init()
        for instant in questions.instants {
            let local = Double(instant.microseconds) / 1_000_000 + Double(zone.offset(at: instant))
            let date = CivilDate(daysSinceEpoch: Int((local / 86_400).rounded(.down)))
            days[instant] = LocalDay(date: date, startsAt: zone.midnight(of: date))
        }
        for number in questions.firstDay.daysSinceEpoch...questions.lastDay.daysSinceEpoch {
            let date = CivilDate(daysSinceEpoch: number)
            midnights[date] = zone.midnight(of: date)
        }
    }
}

extension TimeZone {
    /// Seconds east of Greenwich.
    func offset(at instant: Instant) -> Int {
        secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.microseconds) / 1_000_000))
    }

    /// As PostgreSQL resolves `timestamp AT TIME ZONE`: a midnight that does not exist is read by the clock before
    /// the change, one that comes twice by the clock after it.
    func midnight(of date: CivilDate) -> Instant {
        let local = Instant(midnightOf: date)
        let (before, after) = (
            offset(at: local.adding(microseconds: -Instant.microsecondsPerDay)),
            offset(at: local.adding(microseconds: Instant.microsecondsPerDay))
        )
        let readings = (
            before: local.adding(microseconds: Int64(-before) * 1_000_000),
            after: local.adding(microseconds: Int64(-after) * 1_000_000)
        )
        return offset(at: readings.after) == after ? readings.after : readings.before
    }
}

extension ZoneFit {
    /// What `sql/run/catalog/zone_fits.sql` answers.
    static func all(of bounds: [Instant], from first: CivilDate, to last: CivilDate) -> [ZoneFit] {
        TimeZone.knownTimeZoneIdentifiers.sorted().compactMap { name in
            guard name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
            var days: [Instant: CivilDate] = [:]
            for bound in bounds {
                let local = bound.adding(microseconds: Int64(zone.offset(at: bound)) * 1_000_000)
                guard zone.midnight(of: local.date) == bound else { return nil }
                days[bound] = local.date
            }
            var changes: [MidnightShifts.Change] = []
            for number in first.daysSinceEpoch...last.daysSinceEpoch {
                let day = CivilDate(daysSinceEpoch: number)
                let shift = zone.midnight(of: day).microseconds - Instant(midnightOf: day).microseconds
                if shift != changes.last?.shift { changes.append(MidnightShifts.Change(day: day, shift: shift)) }
            }
            return ZoneFit(name: name, days: days, midnights: MidnightShifts(changes: changes))
        }
    }
}
