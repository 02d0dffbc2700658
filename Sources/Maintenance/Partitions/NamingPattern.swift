import CivilTime

/// How the partitions of a set are called: literal text with tokens for the first day of the period.
///
/// Written `audit_log_{YYYY}_{MM}`. Tokens: `YYYY`, `YY`, `MM`, `DD`, `Q` (1–4), `IYYY` and `IW` (the ISO week
/// and the year it belongs to), `DDD` (the day of the year).
package struct NamingPattern: Hashable, Sendable {
    package enum Token: String, CaseIterable, Hashable, Sendable {
        // The order is the preference where digits can be read in several ways.
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
            case .shortYear: date.year.remainder(of: 100).padded(2)
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

    /// The pattern as the configuration writes it; nil when a token is unknown, a brace stands alone, or the
    /// pattern has no token at all.
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

    /// The name for the period that begins on `date`, at most 63 bytes: a longer one loses whole characters at
    /// the end of its first literal, so that what tells the periods apart stays.
    package func name(for date: CivilDate) -> String {
        let full = rendered(date, droppingFromFirstLiteral: 0)
        let excess = full.utf8.count - Self.maximumBytes
        return excess > 0 ? rendered(date, droppingFromFirstLiteral: excess) : full
    }

    /// Whether no two periods of the interval can get the same name.
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

    private func rendered(_ date: CivilDate, droppingFromFirstLiteral excess: Int) -> String {
        var dropped = false
        return pieces.map { piece in
            switch piece {
            case .token(let token): return token.text(for: date)
            case .literal(let text):
                guard excess > 0, !dropped else { return text }
                dropped = true
                var kept = text
                while !kept.isEmpty, text.utf8.count - kept.utf8.count < excess { kept.removeLast() }
                return kept
            }
        }.joined()
    }

    /// NAMEDATALEN - 1 of a server as it is built everywhere.
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

extension Int {
    fileprivate func remainder(of divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
