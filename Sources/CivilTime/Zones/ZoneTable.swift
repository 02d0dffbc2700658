/// The offsets that a zone file describes: when the offset changes, and the rule that applies afterwards. Times are in
/// seconds since 1970 UTC.
///
/// A class, so that the schedules of hundreds of databases share one table.
final class ZoneTable: Sendable {
    /// When the offset changes, ascending; changes that leave the offset as it is are left out.
    private let changes: [Int64]
    /// The offset after each change, in seconds east of UTC.
    private let offsets: [Int32]
    /// The offset before the first change.
    private let firstOffset: Int32
    /// From this second on, the footer applies.
    private let footerStart: Int64
    private let footer: PosixZone?

    init(_ file: TZifFile) {
        var (changes, offsets): ([Int64], [Int32]) = ([], [])
        for change in file.changes where change.offset != offsets.last ?? file.firstOffset {
            changes.append(change.second)
            offsets.append(change.offset)
        }
        self.changes = changes
        self.offsets = offsets
        firstOffset = file.firstOffset
        // Without a footer the last offset stays; if no changes are listed, the footer always applies (RFC 9636).
        footerStart = file.changes.last?.second ?? .min
        footer = file.footer
    }

    /// The period that contains the second.
    func period(at second: Int64) -> PosixZone.Period {
        guard let footer else { return listedPeriod(at: second) }
        guard second >= footerStart else {
            let listed = listedPeriod(at: second)
            guard listed.end == .max else { return listed }
            // The period of the list's last offset goes on into the footer if that begins with the same offset.
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

    /// The period by the list of changes alone, as if there were no footer.
    private func listedPeriod(at second: Int64) -> PosixZone.Period {
        // Binary search: `low` becomes the number of changes up to that second.
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

extension ZoneTable: Hashable {
    static func == (left: ZoneTable, right: ZoneTable) -> Bool {
        left === right
            || left.changes == right.changes && left.offsets == right.offsets && left.firstOffset == right.firstOffset
                && left.footerStart == right.footerStart && left.footer == right.footer
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(changes.last)
        hasher.combine(firstOffset)
    }
}
