import CivilTime

/// The pattern for the names of a set's partitions: literal text, and tokens for the first day of the period.
///
/// Written `audit_log_{YYYY}_{MM}`. Tokens: `YYYY`, `YY`, `MM`, `DD`, `Q` (1–4), `IYYY` and `IW` (the ISO week
/// and the year it belongs to), `DDD` (the day of the year).
package struct NamingPattern: Hashable, Sendable {
    package enum Token: String, CaseIterable, Hashable, Sendable {
        // In order of preference where digits can be interpreted in several ways.
        case year = "YYYY"
        case month = "MM"
        case day = "DD"
        case quarter = "Q"
        case isoYear = "IYYY"
        case isoWeek = "IW"
        case shortYear = "YY"
        case dayOfYear = "DDD"

        func text(for date: CivilDate) -> String {
            switch self {
            case .year: date.year.padded(4)
            case .shortYear: date.year.remainderDown(by: 100).padded(2)
            case .month: date.month.padded(2)
            case .day: date.day.padded(2)
            case .quarter: String(date.quarter)
            case .isoYear: date.isoWeek.year.padded(4)
            case .isoWeek: date.isoWeek.week.padded(2)
            case .dayOfYear:
                (date.daysSinceEpoch - CalendarInterval.year.start(of: date).daysSinceEpoch + 1).padded(3)
            }
        }
    }

    package enum Piece: Hashable, Sendable {
        case literal(String)
        case token(Token)
    }

    package let pieces: [Piece]

    init(pieces: [Piece]) {
        self.pieces = pieces
    }

    /// Parses a pattern as it is written in the configuration. nil if a token is unknown, a brace is unpaired, or there
    /// is no token at all.
    package init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}"),
                let token = Token(rawValue: String(rest[rest.index(after: open)..<close]))
            else { return nil }
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            pieces.append(.token(token))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        guard pieces.contains(where: { if case .token = $0 { true } else { false } }) else { return nil }
        self.pieces = pieces
    }

    /// The name for the period that begins on `date`, at most 63 bytes long.
    ///
    /// A longer name loses whole characters near the end of its longest literal. The last character of the literal
    /// stays, because it separates the literal from the date (`_`), and the date itself is never shortened, so that the
    /// names of different periods stay different.
    package func name(for date: CivilDate) -> String {
        let full = pieces.reduce(into: "") { name, piece in
            switch piece {
            case .token(let token): name += token.text(for: date)
            case .literal(let text): name += text
            }
        }
        return full.utf8.count > Self.maximumBytes ? shortened(for: date) : full
    }

    private func shortened(for date: CivilDate) -> String {
        var parts = pieces.map { piece in
            switch piece {
            case .token(let token): (text: token.text(for: date), isLiteral: false)
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
        let tokens = Set(pieces.compactMap { if case .token(let token) = $0 { token } else { nil } })
        let year = tokens.contains(.year) || tokens.contains(.shortYear)
        let day = year && (tokens.isSuperset(of: [.month, .day]) || tokens.contains(.dayOfYear))
        return switch interval {
        case .day: day
        case .week: day || tokens.isSuperset(of: [.isoYear, .isoWeek])
        case .month: day || year && tokens.contains(.month)
        case .quarter: day || year && (tokens.contains(.month) || tokens.contains(.quarter))
        case .year: year
        }
    }

    /// NAMEDATALEN - 1 of a server that is built with the default.
    package static let maximumBytes = 63
}

extension NamingPattern: CustomStringConvertible {
    package var description: String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .token(let token): "{\(token.rawValue)}"
            }
        }.joined()
    }
}
