/// What tokens are for some days, as bytes, in the order of `NamingToken.all`.
struct TokenTexts {
    let bytes: [[UInt8]]

    /// - Parameter wanted: those that matter; of the others there is nothing.
    init(_ days: NamedDays, _ wanted: Set<Int>? = nil) {
        bytes = NamingToken.all.indices.map { token in
            wanted?.contains(token) ?? true ? Array(NamingToken.all[token].text(for: days).utf8) : []
        }
    }
}

/// One way to interpret a name: which tokens stand where. The rest is literal text.
///
/// It works on bytes: a thousand tables have a thousand times a dozen names.
struct NameReading {
    private let name: [UInt8]
    private var places: [(token: Int, range: Range<Int>)] = []
    /// Of which day the last token tells: a name tells the first day, and then perhaps another one.
    private var day: NamingToken.Day?
    /// What the tokens of that day tell.
    private var told: Set<NamingToken.Element.Meaning> = []
    /// Whether numbers have zeros in front: a name has them in front of all of its numbers, or of none.
    private var isPadded: Bool?
    /// Those of the first day. Of another day nothing is told that is not told of the first, too.
    private var elements: Set<NamingToken.Element> = []

    /// Every reading of a name that has a token, for the days of its period.
    static func all(of name: String, for texts: TokenTexts) -> [NameReading] {
        let bytes = Array(name.utf8)
        var readings = [NameReading(name: bytes)]
        var start = 0
        while start < bytes.count {
            let kind = Kind(bytes[start])
            let end = bytes[start...].firstIndex { Kind($0) != kind } ?? bytes.count
            if kind != .other {
                // Of a word all is the name of a month; of digits a part may be a token.
                let matches = (start..<(kind == .letter ? start + 1 : end)).map { place in
                    texts.bytes.indices.filter { token in
                        let text = texts.bytes[token]
                        return Kind(text[0]) == kind && bytes[place..<end].starts(with: text)
                            && (kind == .digit || text.count == end - start)
                    }
                }
                readings += readings.flatMap { $0.extended(from: start, to: end, start, matches, texts) }
                // A name normally has a few runs of digits only; one with too many readings is not worth the time.
                guard readings.count <= 4_096 else { return [] }
            }
            start = end
        }
        return readings.filter { !$0.places.isEmpty }
    }

    private init(name: [UInt8]) {
        self.name = name
    }

    /// With tokens that fill what is between.
    private func extended(
        from start: Int, to end: Int, _ place: Int, _ matches: [[Int]], _ texts: TokenTexts
    ) -> [NameReading] {
        matches[place - start].flatMap { token -> [NameReading] in
            let next = place + texts.bytes[token].count
            guard let longer = appending(token, place..<next) else { return [] }
            return next == end ? [longer] : longer.extended(from: start, to: end, next, matches, texts)
        }
    }

    /// nil if the token cannot follow.
    private func appending(_ place: Int, _ range: Range<Int>) -> NameReading? {
        let token = NamingToken.all[place]
        var reading = self
        if token.day != day {
            guard token.day == .first ? day == nil : day == .first else { return nil }
            reading.day = token.day
            reading.told = []
        }
        guard reading.told.insert(token.element.meaning).inserted else { return nil }
        // Nobody says the day of the year and the month.
        if reading.told.contains(.dayOfYear), !reading.told.isDisjoint(with: [.month, .day, .quarter]) { return nil }
        if let isPadded = token.element.isPadded {
            guard self.isPadded != !isPadded else { return nil }
            reading.isPadded = isPadded
        }
        if token.day == .first {
            reading.elements.insert(token.element)
        } else if !elements.contains(token.element) {
            return nil
        }
        reading.places.append((place, range))
        return reading
    }

    var tokens: [Int] { places.map(\.token) }

    /// Whether it yields another name, for the days of that one.
    func yields(_ other: String, _ texts: TokenTexts) -> Bool {
        let other = other.utf8
        var (rest, done) = (other[...], 0)
        func takes(_ bytes: some Collection<UInt8>) -> Bool {
            guard rest.starts(with: bytes) else { return false }
            rest = rest.dropFirst(bytes.count)
            return true
        }
        for (token, range) in places {
            guard takes(name[done..<range.lowerBound]), takes(texts.bytes[token]) else { return false }
            done = range.upperBound
        }
        return takes(name[done...]) && rest.isEmpty
    }

    var pattern: NamingPattern {
        var (pieces, done): ([NamingPattern.Piece], Int) = ([], 0)
        func literal(to end: Int) {
            if done < end { pieces.append(.literal(String(decoding: name[done..<end], as: UTF8.self))) }
        }
        for (token, range) in places {
            literal(to: range.lowerBound)
            pieces.append(.token(NamingToken.all[token]))
            done = range.upperBound
        }
        literal(to: name.count)
        return NamingPattern(pieces: pieces)
    }

    private enum Kind {
        case digit, letter, other

        /// Letters that are not ASCII count as such: no name of a month begins or ends beside one.
        init(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: self = .letter
            default: self = .other
            }
        }
    }
}
