import CivilTime

extension NamingPattern {
    /// The pattern that yields the names of all these partitions; nil if there is none, or if it is ambiguous.
    ///
    /// Each run of digits in the first name is interpreted as every sequence of tokens that yields it for the first day
    /// of that partition. Only patterns that also yield all the other names remain. If several remain, as for a single
    /// partition `t_2025_01_01`, `preference` chooses; if that would mean guessing which number is the month and which
    /// the day (`t_01_01_2025`), the result is nil.
    package static func inferred(
        from partitions: [(name: String, start: CivilDate)], interval: CalendarInterval
    ) -> NamingPattern? {
        guard let first = partitions.first else { return nil }
        let candidates = readings(of: first.name, for: first.start)
            .filter { $0.distinguishes(interval) && $0.hasOneYear }
            .filter { candidate in partitions.allSatisfy { candidate.name(for: $0.start) == $0.name } }
        let best = candidates.min { $0.preference.lexicographicallyPrecedes($1.preference) }
        guard let best, !best.isAmbiguous(among: candidates) else { return nil }
        return best
    }

    /// Every pattern that yields `name` for `date`. Digits can always be literal text as well.
    private static func readings(of name: String, for date: CivilDate) -> [NamingPattern] {
        let texts = Token.allCases.map { (token: $0, text: $0.text(for: date)) }
        var partial: [[Piece]] = [[]]
        var rest = Substring(name)
        while let character = rest.first {
            let isDigit = ("0"..."9").contains(character)
            let run = rest.prefix { ("0"..."9").contains($0) == isDigit }
            let alternatives = isDigit ? digitReadings(of: run, as: texts) : [[.literal(String(run))]]
            partial = partial.flatMap { head in alternatives.map { head + $0 } }
            // A name normally has a few runs of digits only; one with too many combinations is not worth the time.
            guard partial.count <= 4_096 else { return [] }
            rest = rest[run.endIndex...]
        }
        return partial.map { NamingPattern(pieces: merged($0)) }
    }

    /// The ways to interpret one run of digits: all of it as tokens, or all of it as literal text.
    private static func digitReadings(of run: Substring, as texts: [(token: Token, text: String)]) -> [[Piece]] {
        var found: [[Piece]] = [[.literal(String(run))]]
        func extend(_ head: [Piece], _ rest: Substring) {
            guard !rest.isEmpty else {
                found.append(head)
                return
            }
            for (token, text) in texts where rest.hasPrefix(text) && !head.contains(.token(token)) {
                extend(head + [.token(token)], rest.dropFirst(text.count))
            }
        }
        extend([], run)
        return found
    }

    private static func merged(_ pieces: [Piece]) -> [Piece] {
        pieces.reduce(into: []) { merged, piece in
            if case .literal(let text) = piece, case .literal(let before)? = merged.last {
                merged[merged.count - 1] = .literal(before + text)
            } else {
                merged.append(piece)
            }
        }
    }

    /// Whether the year appears exactly once, either that of the calendar or that of the ISO week.
    private var hasOneYear: Bool {
        tokens.count { [.year, .shortYear, .isoYear].contains($0) } == 1
    }

    private var tokens: [Token] {
        pieces.compactMap { piece in if case .token(let token) = piece { token } else { nil } }
    }

    /// Whether day and month come before the year, and another candidate has the two swapped.
    private func isAmbiguous(among candidates: [NamingPattern]) -> Bool {
        guard let day = tokens.firstIndex(of: .day), let month = tokens.firstIndex(of: .month),
            let year = tokens.firstIndex(where: { $0 == .year || $0 == .shortYear }), year > max(day, month)
        else { return false }
        return candidates.contains { other in
            other.pieces.count == pieces.count && other != self && Set(other.tokens) == Set(tokens)
        }
    }

    /// For lexicographic comparison; the smallest is the best. In this order: fewer tokens; less literal text between
    /// them, since digits that belong to the table's name are apart from the date (`v2_events_2025q2`); tokens in the
    /// order of `Token`; tokens closer to the end of the name.
    private var preference: [Int] {
        let places = pieces.indices.filter { if case .token = pieces[$0] { true } else { false } }
        let ranks = tokens.compactMap { Token.allCases.firstIndex(of: $0) }
        let (first, last) = (places.first ?? 0, places.last ?? 0)
        let between = pieces[first...last].reduce(0) { count, piece in
            if case .literal(let text) = piece { count + text.count } else { count }
        }
        return [ranks.count, between] + ranks + [pieces.count - last]
    }
}
