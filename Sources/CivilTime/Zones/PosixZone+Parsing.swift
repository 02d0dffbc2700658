extension PosixZone {
    /// Parses a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    ///
    /// - Throws: what was expected; `byte` counts from the beginning of the rule.
    init(parsing text: ArraySlice<UInt8>) throws(TZifDamage) {
        var reader = Reader(text)
        try reader.skipName()
        let standard = -(try reader.hours("an offset", upTo: 24))
        guard !reader.isAtEnd else {
            self.init(standardOffset: standard)
            return
        }
        try reader.skipName()
        // One hour ahead of standard time, unless the rule says otherwise.
        let offset = reader.isAt(",") ? standard + 3600 : -(try reader.hours("an offset", upTo: 24))
        try reader.expect(",")
        let start = try reader.moment()
        try reader.expect(",")
        let end = try reader.moment()
        guard reader.isAtEnd else { throw reader.damage("the end of the rule") }
        self.init(standardOffset: standard, summer: Summer(offset: offset, start: start, end: end))
    }
}

private struct Reader {
    private let text: ArraySlice<UInt8>
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        rest = text
    }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ character: Unicode.Scalar) -> Bool {
        rest.first == UInt8(ascii: character)
    }

    func damage(_ expected: String) -> TZifDamage {
        let rule = String(decoding: text, as: UTF8.self)
        return TZifDamage(
            byte: rest.startIndex - text.startIndex, reason: "expected \(expected), found the rule '\(rule)'")
    }

    mutating func expect(_ character: Unicode.Scalar) throws(TZifDamage) {
        guard skip(character) else { throw damage("'\(character)'") }
    }

    /// An abbreviation: three letters or more, or any characters but `>` in angle brackets. It is not kept.
    mutating func skipName() throws(TZifDamage) {
        let isQuoted = skip("<")
        let isPart = { (byte: UInt8) in
            isQuoted
                ? byte != UInt8(ascii: ">") : (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & ~0x20)
        }
        let name = rest.prefix(while: isPart)
        guard name.count >= 3 || isQuoted && !name.isEmpty else { throw damage("an abbreviation") }
        rest = rest[name.endIndex...]
        if isQuoted { try expect(">") }
    }

    /// `[+-]h[h[h]][:mm[:ss]]`, in seconds.
    mutating func hours(_ what: String, upTo limit: Int) throws(TZifDamage) -> Int32 {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        var seconds = try number(0...limit, what) * 3600
        if skip(":") {
            seconds += try number(0...59, "minutes") * 60
            if skip(":") { seconds += try number(0...59, "seconds") }
        }
        return Int32(isNegative ? -seconds : seconds)
    }

    mutating func moment() throws(TZifDamage) -> PosixZone.YearlyMoment {
        let day: PosixZone.YearlyMoment.Day
        if skip("J") {
            day = .ofCommonYear(try number(1...365, "a day from 1 to 365"))
        } else if skip("M") {
            let month = try number(1...12, "a month")
            try expect(".")
            let week = try number(1...5, "a week from 1 to 5")
            try expect(".")
            day = .ofMonth(month, week: week, weekday: try number(0...6, "a weekday from 0 to 6"))
        } else {
            day = .ofYear(try number(0...365, "a day from 0 to 365"))
        }
        // At 02:00, unless the rule says otherwise.
        let seconds = skip("/") ? try hours("an hour from -167 to 167", upTo: 167) : 7200
        return PosixZone.YearlyMoment(day: day, seconds: Int64(seconds))
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ range: ClosedRange<Int>, _ what: String) throws(TZifDamage) -> Int {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.count <= 3, let number = Int(String(decoding: digits, as: UTF8.self)), range.contains(number)
        else { throw damage(what) }
        rest = rest[digits.endIndex...]
        return number
    }
}
