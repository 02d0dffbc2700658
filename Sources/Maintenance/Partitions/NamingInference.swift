import CivilTime

extension NamingPattern {
    /// The pattern that gives every one of these partitions its name, or nil when there is none.
    ///
    /// Each run of digits is read as every sequence of tokens that yields it for the partition's first day; what
    /// remains after all the partitions is the answer. Where several readings remain (a single partition
    /// `t_2025_01_01`) the one whose tokens come in the order of `Token` wins.
    package static func inferred(
        from partitions: [(name: String, start: CivilDate)], interval: CalendarInterval
    ) -> NamingPattern? {
        guard let first = partitions.first else { return nil }
        let candidates = readings(of: first.name, for: first.start)
            .filter { $0.distinguishes(interval) && $0.keepsOneYear }
        return
            candidates
            .filter { candidate in partitions.allSatisfy { candidate.name(for: $0.start) == $0.name } }
            .min { $0.preference.lexicographicallyPrecedes($1.preference) }
    }

    /// Every pattern that renders `name` for `date`; digits that mean nothing stay literal.
    private static func readings(of name: String, for date: CivilDate) -> [NamingPattern] {
        var partial: [[Piece]] = [[]]
        var rest = Substring(name)
        while let character = rest.first {
            let isDigit = ("0"..."9").contains(character)
            let run = rest.prefix { ("0"..."9").contains($0) == isDigit }
            let alternatives = isDigit ? digitReadings(of: run, for: date) : [[.literal(String(run))]]
            partial = partial.flatMap { head in alternatives.map { head + $0 } }
            // A name is a few runs of digits; a pathological one is not worth its combinations.
            guard partial.count <= 4_096 else { return [] }
            rest = rest[run.endIndex...]
        }
        return partial.map { NamingPattern(pieces: merged($0)) }
    }

    /// The ways to read one run of digits: all of it tokens, or all of it literal.
    private static func digitReadings(of run: Substring, for date: CivilDate) -> [[Piece]] {
        var found: [[Piece]] = [[.literal(String(run))]]
        func extend(_ head: [Piece], _ rest: Substring) {
            guard !rest.isEmpty else {
                found.append(head)
                return
            }
            for token in Token.allCases where !head.contains(.token(token)) {
                let text = token.text(for: date)
                if rest.hasPrefix(text) { extend(head + [.token(token)], rest.dropFirst(text.count)) }
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
    private var keepsOneYear: Bool {
        let years = pieces.count { piece in
            if case .token(let token) = piece { [.year, .shortYear, .isoYear].contains(token) } else { false }
        }
        return years == 1
    }

    /// Fewer tokens first, then their order of preference.
    private var preference: [Int] {
        let ranks = pieces.compactMap { piece -> Int? in
            if case .token(let token) = piece { Token.allCases.firstIndex(of: token) } else { nil }
        }
        return [ranks.count] + ranks
    }
}
