import CivilTime

/// What the names of a set's partitions say of its pattern.
package enum NamingInference: Hashable, Sendable {
    case pattern(NamingPattern)
    /// The first one does, and a rival gives another name to that period, which is wanted later.
    case doubtful(NamingPattern, rival: NamingPattern, from: NamedDays)
    /// Both explain all the names, and give another one to a period that is wanted.
    case ambiguous(NamingPattern, NamingPattern)
    /// Nothing explains all the names.
    case unknown
}

extension NamingPattern {
    package typealias Named = (name: String, days: NamedDays)

    /// The pattern that yields the names of all these partitions.
    ///
    /// The first name is interpreted in every way: each run of digits as every sequence of tokens that yields it for the
    /// days of that partition, or as literal text; each word that is the name of a month as that. Only patterns that also
    /// yield all the other names remain. What an older habit shares with some of them decides between these. Those that
    /// still remain have to agree on the names that are wanted: one name may have several readings (`t_2025_10`, with
    /// `MM` or `FMMM`).
    ///
    /// - Parameters:
    ///   - older: further names, the newest first, of which some may follow another pattern.
    ///   - wanted: the periods that are to be named.
    ///   - later: those that will be, in their order. Asked for only where there are several readings.
    package static func inferred(
        from partitions: [Named], older: [Named], wanted: [NamedDays], later: @autoclosure () -> [NamedDays] = [],
        interval: CalendarInterval
    ) -> NamingInference {
        guard let first = partitions.first else { return .unknown }
        var readings = NameReading.all(of: first.name, for: TokenTexts(first.days))
        var wantedTokens = Set(readings.flatMap(\.tokens))
        for (name, days) in partitions.dropFirst() where !readings.isEmpty {
            let texts = TokenTexts(days, wantedTokens)
            readings = readings.filter { $0.yields(name, texts) }
            wantedTokens = Set(readings.flatMap(\.tokens))
        }
        var candidates = readings.map(\.pattern).filter { $0.distinguishes(interval) && $0.hasOneYear }
        for (name, days) in older where candidates.count > 1 {
            let yielding = candidates.filter { $0.name(for: days) == name }
            if !yielding.isEmpty { candidates = yielding }
        }
        // A name of two halves of one form, which fit both ends of all partitions, is of both ends.
        let symmetric = candidates.filter(\.isSymmetric)
        if partitions.count > 1, !symmetric.isEmpty { candidates = symmetric }
        guard let best = candidates.min(by: { $0.preference.lexicographicallyPrecedes($1.preference) }) else {
            return .unknown
        }
        let names = wanted.map(best.name(for:))
        let rival = candidates.filter { $0 != best && $0.differs(from: names, on: wanted) }
            .min { $0.preference.lexicographicallyPrecedes($1.preference) }
        if let rival { return .ambiguous(best, rival) }
        // What agrees today may part before anything that decides is named.
        for days in candidates.count > 1 ? later() : [] {
            let name = best.name(for: days)
            if let rival = candidates.first(where: { $0.name(for: days) != name }) {
                return .doubtful(best, rival: rival, from: days)
            }
        }
        return .pattern(best)
    }

    private func differs(from names: [String], on wanted: [NamedDays]) -> Bool {
        zip(names, wanted).contains { name, days in self.name(for: days) != name }
    }

    /// Whether it tells of another day what it tells of the first, in the same form.
    private var isSymmetric: Bool {
        guard
            let second = pieces.firstIndex(where: {
                if case .token(let token) = $0 { token.day != .first } else { false }
            }),
            let first = pieces.firstIndex(where: { if case .token = $0 { true } else { false } })
        else { return false }
        func form(_ pieces: ArraySlice<Piece>) -> [Piece] {
            let form = pieces.map { piece in
                if case .token(let token) = piece { Piece.token(NamingToken(token.element)) } else { piece }
            }
            let last = form.lastIndex { if case .token = $0 { true } else { false } }
            return Array(form[...(last ?? 0)])
        }
        return form(pieces[first..<second]) == form(pieces[second...])
    }

    /// Whether the year of the first day appears exactly once, either that of the calendar or that of the ISO week.
    private var hasOneYear: Bool {
        tokens.count { $0.day == .first && ($0.element.meaning == .year || $0.element.meaning == .isoYear) } == 1
    }

    /// For lexicographic comparison; the smallest is the best. In this order: fewer tokens; less literal text between
    /// them, since digits that belong to the table's name are apart from the date (`v2_events_2025q2`); tokens in the
    /// order of `NamingToken.all`; tokens closer to the end of the name.
    private var preference: [Int] {
        let places = pieces.indices.filter { if case .token = pieces[$0] { true } else { false } }
        let ranks = tokens.compactMap(NamingToken.all.firstIndex(of:))
        let (first, last) = (places.first ?? 0, places.last ?? 0)
        let between = pieces[first...last].reduce(0) { count, piece in
            if case .literal(let text) = piece { count + text.count } else { count }
        }
        return [ranks.count, between] + ranks + [pieces.count - last]
    }
}
