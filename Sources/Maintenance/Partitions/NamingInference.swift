import CivilTime

extension NamingPattern {
    /// The pattern that gives every one of these partitions its name, or nil when there is none.
    ///
    /// Each run of digits is read as every sequence of tokens that yields it for the partition's first day; what
    /// remains after all the partitions is the answer. Where several readings remain (a single partition
    /// `t_2025_01_01`), `preference` chooses; where it would have to guess between the month and the day
    /// (`t_01_01_2025`), there is no answer.
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

    /// Every pattern that renders `name` for `date`; digits that mean nothing stay literal.
    private static func readings(of name: String, for date: CivilDate) -> [NamingPattern] {
        let texts = Token.allCases.map { (token: $0, text: $0.text(for: date)) }
        var partial: [[Piece]] = [[]]
        var rest = Substring(name)
        while let character = rest.first {
            let isDigit = ("0"..."9").contains(character)
            let run = rest.prefix { ("0"..."9").contains($0) == isDigit }
            let alternatives = isDigit ? digitReadings(of: run, as: texts) : [[.literal(String(run))]]
            partial = partial.flatMap { head in alternatives.map { head + $0 } }
            // A name is a few runs of digits; a pathological one is not worth its combinations.
            guard partial.count <= 4_096 else { return [] }
            rest = rest[run.endIndex...]
        }
        return partial.map { NamingPattern(pieces: merged($0)) }
    }

    /// The ways to read one run of digits: all of it tokens, or all of it literal.
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

    /// A name tells its year once, and either by the calendar or by ISO weeks.
    private var hasOneYear: Bool {
        tokens.count { [.year, .shortYear, .isoYear].contains($0) } == 1
    }

    private var tokens: [Token] {
        pieces.compactMap { piece in if case .token(let token) = piece { token } else { nil } }
    }

    /// Whether the date is written day and month before the year, and another reading swaps the two.
    private func isAmbiguous(among candidates: [NamingPattern]) -> Bool {
        guard let day = tokens.firstIndex(of: .day), let month = tokens.firstIndex(of: .month),
            let year = tokens.firstIndex(where: { $0 == .year || $0 == .shortYear }), year > max(day, month)
        else { return false }
        return candidates.contains { other in
            other.pieces.count == pieces.count && other != self && Set(other.tokens) == Set(tokens)
        }
    }

    /// Smallest is best: fewer tokens; tokens that stand together, since the digits of `v2_events_2025q2` that
    /// come with the table's name stand apart; tokens in the order of `Token`; tokens at the end of the name.
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
