extension String {
    /// The string with `escape` inserted before each of the `special` ASCII characters.
    ///
    /// Works on bytes, as the server does: a quote followed by a combining mark is a single `Character`, which does not
    /// equal a quote; and no byte of another character in UTF-8 is an ASCII one.
    package func inserting(_ escape: Unicode.Scalar, before special: Unicode.Scalar...) -> String {
        let special = special.map { UInt8(ascii: $0) }
        guard utf8.contains(where: special.contains) else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count + 64)
        for byte in utf8 {
            if special.contains(byte) { result.append(UInt8(ascii: escape)) }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension String {
    /// As a word for a shell: in single quotes, unless nothing in it is special to any shell.
    package var shellWord: String {
        let isPlain = unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "_" || scalar == "." || scalar == "-"
        }
        if isPlain, !isEmpty { return self }
        // Byte by byte, as `inserting` does.
        let body = utf8.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [$0] }
        return "'" + String(decoding: body, as: UTF8.self) + "'"
    }
}
