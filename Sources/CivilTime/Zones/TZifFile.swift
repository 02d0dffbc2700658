/// The contents of a zone file (RFC 8536): its list of changes in 64 bits, and the rule that follows the last one.
///
/// Abbreviations, and which offset is daylight saving time, are not read. Two kinds of files are refused: version 1,
/// which ends in 2038, and files that count leap seconds (`right/…`), which PostgreSQL does not.
struct TZifFile {
    /// Seconds east of UTC before the first change.
    let firstOffset: Int32
    /// Ascending; `second` counts from 1970 UTC.
    let changes: [(second: Int64, offset: Int32)]
    let footer: PosixZone?

    init(firstOffset: Int32, changes: [(second: Int64, offset: Int32)], footer: PosixZone?) {
        self.firstOffset = firstOffset
        self.changes = changes
        self.footer = footer
    }

    init(_ bytes: [UInt8]) throws(TZifDamage) {
        var reader = BigEndianReader(bytes)
        // The first part is for readers of version 1; "slim" files leave it almost empty.
        let old = try Header(&reader)
        guard old.version >= UInt8(ascii: "2") else {
            throw TZifDamage(byte: 4, reason: "expected version 2 or later, found version 1, which ends in 2038")
        }
        try reader.skip(old.length(ofTime: 4))
        let header = try Header(&reader)
        guard header.leapSeconds == 0 else {
            throw reader.damage("expected a zone of UTC, found one that counts leap seconds")
        }
        guard header.offsets > 0 else { throw reader.damage("expected an offset, found none") }

        var seconds: [Int64] = []
        for _ in 0..<header.changes {
            let second = Int64(bitPattern: try reader.integer(bytes: 8))
            if let last = seconds.last, second <= last {
                throw reader.damage("expected ascending times, found \(second) after \(last)")
            }
            seconds.append(second)
        }
        let indices = try reader.take(header.changes)
        var offsets: [Int32] = []
        for _ in 0..<header.offsets {
            let offset = Int32(truncatingIfNeeded: Int64(bitPattern: try reader.integer(bytes: 4)))
            guard offset.magnitude < UInt32(PosixZone.largestOffset) else {
                throw reader.damage("expected an offset of less than 27 hours, found \(offset) seconds")
            }
            offsets.append(offset)
            try reader.skip(2)
        }
        if let index = indices.first(where: { $0 >= offsets.count }) {
            throw reader.damage("expected \(offsets.count) offsets, found a change to number \(index)")
        }
        try reader.skip(header.abbreviations + header.standardFlags + header.utcFlags)

        firstOffset = offsets[0]
        changes = zip(seconds, indices).map { (second: $0, offset: offsets[Int($1)]) }
        footer = try Self.footer(&reader)
    }

    /// The text between two newlines; nil if it is empty.
    private static func footer(_ reader: inout BigEndianReader) throws(TZifDamage) -> PosixZone? {
        guard try reader.take(1).first == UInt8(ascii: "\n") else {
            throw reader.damage("expected the newline that begins the footer, found something else")
        }
        let start = reader.position
        guard let text = reader.takeLine() else {
            throw reader.damage("expected the newline that ends the footer, found the end of the file")
        }
        guard !text.isEmpty else { return nil }
        do throws(TZifDamage) {
            return try PosixZone(parsing: text)
        } catch {
            throw TZifDamage(byte: start + error.byte, reason: error.reason)
        }
    }
}

/// The header of each of the two parts: the version, and how many items of each kind follow.
private struct Header {
    let version: UInt8
    let utcFlags: Int
    let standardFlags: Int
    let leapSeconds: Int
    let changes: Int
    let offsets: Int
    let abbreviations: Int

    init(_ reader: inout BigEndianReader) throws(TZifDamage) {
        let start = reader.position
        guard try reader.take(4).elementsEqual("TZif".utf8) else {
            throw TZifDamage(byte: start, reason: "expected 'TZif', found something else")
        }
        version = UInt8(truncatingIfNeeded: try reader.integer(bytes: 1))
        try reader.skip(15)
        utcFlags = Int(try reader.integer(bytes: 4))
        standardFlags = Int(try reader.integer(bytes: 4))
        leapSeconds = Int(try reader.integer(bytes: 4))
        changes = Int(try reader.integer(bytes: 4))
        offsets = Int(try reader.integer(bytes: 4))
        abbreviations = Int(try reader.integer(bytes: 4))
    }

    /// How many bytes follow the header, if a time takes `size` bytes. Each count has 32 bits, so the sum does not
    /// overflow.
    func length(ofTime size: Int) -> Int {
        changes * (size + 1) + offsets * 6 + abbreviations + leapSeconds * (size + 4) + standardFlags + utcFlags
    }
}

/// Reads bytes in order, and throws at the end of the file.
private struct BigEndianReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func damage(_ reason: String) -> TZifDamage {
        TZifDamage(byte: position, reason: reason)
    }

    mutating func take(_ count: Int) throws(TZifDamage) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else {
            throw damage("expected \(count) bytes, found \(bytes.count - position) and the end of the file")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func skip(_ count: Int) throws(TZifDamage) {
        _ = try take(count)
    }

    mutating func integer(bytes count: Int) throws(TZifDamage) -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes up to the next newline, which is skipped; nil when there is none.
    mutating func takeLine() -> ArraySlice<UInt8>? {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { position = end + 1 }
        return bytes[position..<end]
    }
}
