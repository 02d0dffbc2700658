import CivilTime

/// The pattern for the names of a set's partitions: literal text, and tokens for the days of the period.
///
/// Written `audit_log_{YYYY}_{MM}`. Tokens are those of PostgreSQL's `to_char`: `YYYY`, `YY`, `MM`, `DD`, `Q` (1–4),
/// `IYYY` and `IW` (the ISO week and the year it belongs to), `DDD` (the day of the year), `FM` before one of these for
/// its number without zeros in front, `mon`, `Mon`, `MON`, `month`, `Month` and `MONTH` for the English name of the
/// month. They tell the first day of the period; with `end:` in front the day on which the next one begins, with `last:`
/// the day before that.
package struct NamingPattern: Hashable, Sendable {
    package enum Piece: Hashable, Sendable {
        case literal(String)
        case token(NamingToken)
    }

    package let pieces: [Piece]

    init(pieces: [Piece]) {
        self.pieces = pieces
    }

    /// Parses a pattern as it is written in the configuration. nil if a token is unknown, a brace is unpaired, or no token
    /// tells the first day.
    package init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}"),
                let token = NamingToken(rest[rest.index(after: open)..<close])
            else { return nil }
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            pieces.append(.token(token))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
        guard tokens.contains(where: { $0.day == .first }) else { return nil }
    }

    /// The name for the period of these days, at most 63 bytes long.
    ///
    /// A longer name loses whole characters near the end of its longest literal. The last character of the literal
    /// stays, because it separates the literal from the date (`_`), and the date itself is never shortened, so that the
    /// names of different periods stay different.
    package func name(for days: NamedDays) -> String {
        let full = pieces.reduce(into: "") { name, piece in
            switch piece {
            case .token(let token): name += token.text(for: days)
            case .literal(let text): name += text
            }
        }
        return full.utf8.count > Self.maximumBytes ? shortened(for: days) : full
    }

    private func shortened(for days: NamedDays) -> String {
        var parts = pieces.map { piece in
            switch piece {
            case .token(let token): (text: token.text(for: days), isLiteral: false)
            case .literal(let text): (text: text, isLiteral: true)
            }
        }
        var excess = parts.reduce(0) { $0 + $1.text.utf8.count } - Self.maximumBytes
        while excess > 0 {
            let longest = parts.indices.filter { parts[$0].isLiteral && !parts[$0].text.isEmpty }
                .max { parts[$0].text.utf8.count < parts[$1].text.utf8.count }
            // No literal left to shorten: only a pattern that repeats its tokens many times gets here.
            guard let longest else { break }
            let last = parts[longest].text.removeLast()
            let lost = parts[longest].text.popLast()
            if lost != nil { parts[longest].text.append(last) }
            excess -= (lost ?? last).utf8.count
        }
        return parts.map(\.text).joined()
    }

    /// Whether different periods of the interval always get different names (with `YY`, within a century).
    package func distinguishes(_ interval: CalendarInterval) -> Bool {
        // Of two numbers without zeros in front, side by side, nobody can tell where the second begins: 111.
        let areApart = zip(pieces, pieces.dropFirst()).allSatisfy { piece, next in
            guard case .token(let token) = piece, case .token(let follower) = next else { return true }
            return token.element.isPadded != false || follower.element.isPadded != false
        }
        guard areApart else { return false }
        let told = Set(tokens.filter { $0.day == .first }.map(\.element.meaning))
        let year = told.contains(.year)
        let day = year && (told.isSuperset(of: [.month, .day]) || told.contains(.dayOfYear))
        return switch interval {
        case .day: day
        case .week: day || told.isSuperset(of: [.isoYear, .isoWeek])
        case .month: day || year && told.contains(.month)
        case .quarter: day || year && (told.contains(.month) || told.contains(.quarter))
        case .year: year
        }
    }

    /// Tells the periods of every interval apart.
    static let widest = NamingPattern(
        pieces: [.token(NamingToken(.year)), .token(NamingToken(.month)), .token(NamingToken(.day))])

    var tokens: [NamingToken] {
        pieces.compactMap { piece in if case .token(let token) = piece { token } else { nil } }
    }

    /// NAMEDATALEN - 1 of a server that is built with the default.
    package static let maximumBytes = 63
}

extension NamingPattern: CustomStringConvertible {
    package var description: String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .token(let token): "{\(token)}"
            }
        }.joined()
    }
}
