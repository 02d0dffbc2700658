/// A libpq connection string, parsed only to find its secrets and its database name. libpq decides whether it is valid.
struct ConnectionString {
    /// The connection string with its secrets masked. If it cannot be parsed, everything from that position on is
    /// masked.
    private(set) var redacted = ""
    private(set) var holdsSecret = false
    private(set) var databaseName: String?

    static let mask = "********"

    /// Whether a text is a connection string rather than the name of a database.
    static func isRecognized(_ text: String) -> Bool {
        text.unicodeScalars.contains("=") || text.contains("://")
    }

    init(_ text: String) {
        if let scheme = ["postgresql://", "postgres://"].first(where: { text.hasPrefix($0) }) {
            scanURI(scheme, Substring(text.dropFirst(scheme.count)))
        } else {
            scanPairs(text)
        }
    }

    /// Whether the value of that parameter of libpq is a secret.
    private static func isSecret(_ keyword: String) -> Bool {
        let secrets = ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"]
        return secrets.contains(keyword.lowercased())
    }

    private mutating func append(_ keyword: String, value: String, as written: Substring) {
        let nests = keyword == "dbname" && Self.isRecognized(value)
        guard Self.isSecret(keyword) || nests else {
            redacted += written
            if keyword == "dbname", !value.isEmpty { databaseName = value }
            return
        }
        holdsSecret = holdsSecret || !value.isEmpty
        redacted += Self.mask
    }

    // MARK: Keyword/value form: keyword = value …

    private mutating func scanPairs(_ text: String) {
        let scalars = text.unicodeScalars
        var here = scalars.startIndex
        func skip(while condition: (Unicode.Scalar) -> Bool) -> Substring {
            let start = here
            while here < scalars.endIndex, condition(scalars[here]) { scalars.formIndex(after: &here) }
            return text[start..<here]
        }
        while true {
            redacted += skip { $0.properties.isWhitespace }
            guard here < scalars.endIndex else { return }
            let keyword = skip { $0 != "=" && !$0.properties.isWhitespace }
            let start = here
            _ = skip { $0.properties.isWhitespace }
            let isKeyword = keyword.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic || $0 == "_" }
            guard isKeyword, here < scalars.endIndex, scalars[here] == "=" else {
                // Not a pair of keyword and value: it may be the rest of a password, and is masked with everything
                // after it, so that the result still has the form of a connection string.
                redacted += "password=" + Self.mask
                holdsSecret = true
                return
            }
            scalars.formIndex(after: &here)
            _ = skip { $0.properties.isWhitespace }
            redacted += keyword + text[start..<here]
            let valueStart = here
            let value = Self.value(of: scalars, from: &here)
            append(String(keyword), value: value, as: text[valueStart..<here])
        }
    }

    /// Reads a value with or without quotes, and unescapes it. A quoted value without a closing quote extends to the
    /// end.
    private static func value(of scalars: String.UnicodeScalarView, from here: inout String.Index) -> String {
        let isQuoted = here < scalars.endIndex && scalars[here] == "'"
        if isQuoted { scalars.formIndex(after: &here) }
        var value = String.UnicodeScalarView()
        while here < scalars.endIndex {
            var scalar = scalars[here]
            if isQuoted ? scalar == "'" : scalar.properties.isWhitespace {
                if isQuoted { scalars.formIndex(after: &here) }
                break
            }
            scalars.formIndex(after: &here)
            if scalar == "\\", here < scalars.endIndex {
                scalar = scalars[here]
                scalars.formIndex(after: &here)
            }
            value.append(scalar)
        }
        return String(value)
    }

    // MARK: URI form: postgresql://user:password@host/database?parameters

    private mutating func scanURI(_ scheme: String, _ rest: Substring) {
        let query = rest.firstIndex(of: "?")
        let main = rest[..<(query ?? rest.endIndex)]
        redacted = scheme
        var location = main
        // The last @, not the first: a password with an unescaped @ is invalid, but must not be shown either.
        if let at = main.lastIndex(of: "@") {
            location = main[main.index(after: at)...]
            if let colon = main[..<at].firstIndex(of: ":") {
                redacted += main[...colon] + Self.mask
                holdsSecret = main.index(after: colon) < at
            } else {
                redacted += main[..<at]
            }
            redacted += "@"
        }
        redacted += location
        if let slash = location.firstIndex(of: "/"), location.index(after: slash) < location.endIndex {
            databaseName = Self.percentDecoded(location[location.index(after: slash)...])
        }
        guard let query else { return }
        redacted += "?"
        for (index, parameter) in rest[rest.index(after: query)...].split(
            separator: "&", omittingEmptySubsequences: false
        ).enumerated() {
            redacted += index == 0 ? "" : "&"
            guard let equals = parameter.firstIndex(of: "=") else {
                redacted += parameter
                continue
            }
            redacted += parameter[...equals]
            let written = parameter[parameter.index(after: equals)...]
            append(Self.percentDecoded(parameter[..<equals]), value: Self.percentDecoded(written), as: written)
        }
    }

    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let decoded = UInt8(digits, radix: 16) {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
