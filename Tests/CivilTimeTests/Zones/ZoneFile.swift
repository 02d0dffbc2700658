import CivilTime

/// A zone file to be written: RFC 8536, "slim".
struct ZoneFile {
    /// With the number of the offset from then on.
    var changes: [(at: Instant, offset: Int)] = []
    var offsets = [0]
    var leapSeconds = 0
    var footer = ""

    var bytes: [UInt8] {
        var body: [UInt8] = []
        for change in changes { append(change.at.microseconds / 1_000_000, to: &body) }
        body += changes.map { UInt8($0.offset) }
        for offset in offsets {
            append(Int32(offset), to: &body)
            body += [0, 0]
        }
        body += Array("ABC\0".utf8) + [UInt8](repeating: 0, count: 12 * leapSeconds)
        return header(empty: true) + header(empty: false) + body + Array("\n\(footer)\n".utf8)
    }

    private func header(empty: Bool) -> [UInt8] {
        var header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        for count in empty ? [0, 0, 0, 0, 0, 0] : [0, 0, leapSeconds, changes.count, offsets.count, 4] {
            append(Int32(count), to: &header)
        }
        return header
    }

    private func append(_ integer: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: integer.bigEndian) { bytes += $0 }
    }
}
