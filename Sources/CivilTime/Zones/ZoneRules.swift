/// How far the clocks of one zone are from UTC, at any time: the changes that its file lists, and the rule of the
/// file's footer after the last of them (RFC 8536).
///
/// A value: it stays what it was read as when the file changes. Two are equal when they have the same name and the same
/// changes.
package struct ZoneRules: Sendable {
    package let name: String
    /// When the offset changes, in seconds since 1970 UTC, ascending; only changes of the offset, no other ones.
    private let changes: [Int64]
    /// The offset from each change on.
    private let offsets: [Int32]
    /// Before the first change.
    private let firstOffset: Int32
    /// From this second on the footer holds.
    private let footerStart: Int64
    private let footer: PosixZone?

    /// The zone without any change, which needs no file.
    package static let utc = fixed("UTC")

    static func fixed(_ name: String) -> ZoneRules {
        ZoneRules(name: name, TZifFile(firstOffset: 0, changes: [], footer: nil))
    }

    init(name: String, _ file: TZifFile) {
        var (changes, offsets): ([Int64], [Int32]) = ([], [])
        for change in file.changes where change.offset != offsets.last ?? file.firstOffset {
            changes.append(change.second)
            offsets.append(change.offset)
        }
        self.name = name
        self.changes = changes
        self.offsets = offsets
        firstOffset = file.firstOffset
        // Without a footer the last offset stays; without a change the footer holds at any time (RFC 9636).
        footerStart = file.changes.last?.second ?? .min
        footer = file.footer
    }

    /// The offset of the zone's clocks, in seconds east of UTC.
    package func offset(at instant: Instant) -> Int {
        period(at: instant).offset
    }

    /// The period that holds that moment.
    package func period(at instant: Instant) -> ZonePeriod {
        let second = instant.microseconds.dividedDown(by: 1_000_000)
        let period = secondsPeriod(at: second)
        return ZonePeriod(
            start: Instant(second: period.start), end: Instant(second: period.end), offset: Int(period.offset))
    }

    /// When the zone's clocks showed that time of that day; `second` counts from midnight, by clocks that run through.
    package func reading(of date: CivilDate, second: Int) -> ClockReading {
        let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(second)
        // No offset is larger: whenever the clocks showed it, it was within these periods.
        var period = secondsPeriod(at: local - PosixZone.largestOffset)
        var moments: [Instant] = []
        var gapEnd: Int64?
        while true {
            let moment = local - Int64(period.offset)
            if period.start <= moment, moment < period.end { moments.append(Instant(second: moment)) }
            // Already too late for the clocks to show it: the change that began this period jumped over it.
            if moment < period.start, gapEnd == nil { gapEnd = period.start }
            guard period.end <= local + PosixZone.largestOffset else { break }
            period = secondsPeriod(at: period.end)
        }
        if moments.count > 1 { return .twice(first: moments[0], second: moments[1]) }
        if let moment = moments.first { return .once(moment) }
        return .never(gapEndsAt: Instant(second: gapEnd ?? period.start))
    }

    private func secondsPeriod(at second: Int64) -> PosixZone.Period {
        guard let footer else { return listedPeriod(at: second) }
        guard second >= footerStart else {
            let listed = listedPeriod(at: second)
            guard listed.end == .max else { return listed }
            // The list's last offset goes on into the footer, or ends there.
            let following = footer.period(at: footerStart)
            let end = following.offset == listed.offset ? following.end : footerStart
            return PosixZone.Period(start: listed.start, end: end, offset: listed.offset)
        }
        let period = footer.period(at: second)
        guard period.start <= footerStart, footerStart > .min else { return period }
        let listed = listedPeriod(at: footerStart)
        let start = listed.offset == period.offset ? listed.start : footerStart
        return PosixZone.Period(start: start, end: period.end, offset: period.offset)
    }

    /// As if the last offset of the list stayed.
    private func listedPeriod(at second: Int64) -> PosixZone.Period {
        // How many changes there were up to then.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= second { low = middle + 1 } else { high = middle }
        }
        return PosixZone.Period(
            start: low == 0 ? .min : changes[low - 1], end: low == changes.count ? .max : changes[low],
            offset: low == 0 ? firstOffset : offsets[low - 1])
    }
}

extension ZoneRules: Hashable {
    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}

extension Instant {
    /// The end of the axis for a second beyond it.
    init(second: Int64) {
        let (product, isBeyond) = second.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: isBeyond ? (second < 0 ? .min : .max) : product)
    }
}
