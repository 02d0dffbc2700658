import CLibPQ
import SQLText

/// Where and how to connect: the keywords of a conninfo string, as they were given.
///
/// What is not given comes from the service file, the environment (`PGHOST`, …) and libpq's defaults, when the
/// connection is opened.
package struct ConnectionInfo: Sendable {
    struct Setting: Sendable {
        let keyword: String
        var value: String
        /// Whether the value is a password or a key, which must not be shown.
        let isSecret: Bool
    }

    private(set) var settings: [Setting]
    /// Whether any value may hold a piece of a password that was not written as it should be.
    let mayHideSecret: Bool

    /// Reads keyword/value pairs or a URI, as libpq does.
    ///
    /// - Throws: `.misuse`; libpq's message is part of the error, without the piece of the conninfo that it quotes if
    ///   that may be a password.
    package init(parsing conninfo: String) throws(PostgresError) {
        if conninfo.utf8.contains(0) {
            throw PostgresError(.misuse, "the connection string contains a NUL character")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(conninfo, &message) else {
            let text = message.map { String(cString: $0).trimmedMessage() } ?? "out of memory"
            PQfreemem(message)
            throw PostgresError(
                .misuse,
                "the connection string is not valid: \(Self.withoutSecrets(text, if: Self.mayHideSecret(conninfo)))",
                hint: "Give keyword=value pairs (host=… dbname=… user=…) or a URI (postgresql://user@host/dbname).")
        }
        defer { PQconninfoFree(options) }
        settings = Self.settings(options)
        mayHideSecret = Self.mayHideSecret(conninfo)
    }

    /// Those of libpq's options that have a value.
    static func settings(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [Setting] {
        var settings: [Setting] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                let isPassword =
                    option.pointee.dispchar.map { $0.pointee == CChar(bitPattern: UInt8(ascii: "*")) } ?? false
                let name = String(cString: keyword)
                settings.append(
                    Setting(keyword: name, value: String(cString: value), isSecret: isPassword || isSecret(name)))
            }
            option += 1
        }
        return settings
    }

    /// Keywords whose value is a secret although not every version of libpq marks it.
    private static func isSecret(_ keyword: String) -> Bool {
        ["password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret"].contains(keyword)
    }

    private static func mayHideSecret(_ conninfo: String) -> Bool {
        conninfo.contains("@") || conninfo.lowercased().contains("pass") || conninfo.lowercased().contains("secret")
    }

    /// libpq's message quotes the piece that it does not understand, which may be a password, or the whole URI.
    static func withoutSecrets(_ message: String, if mayHideSecret: Bool) -> String {
        guard mayHideSecret, let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\"") else {
            return message
        }
        return message[...first] + "…" + message[last...]
    }

    /// The value of a keyword, where the string itself gives one.
    package subscript(keyword: String) -> String? {
        settings.first { $0.keyword == keyword }?.value
    }

    package var database: String? { self["dbname"] }

    package var hasPassword: Bool { self["password"] != nil }

    /// With `keyword` set to `value`, whatever it was before.
    package func setting(_ keyword: String, to value: String) -> ConnectionInfo {
        var copy = self
        copy.settings.removeAll { $0.keyword == keyword }
        copy.settings.append(Setting(keyword: keyword, value: value, isSecret: Self.isSecret(keyword)))
        return copy
    }

    /// The settings as a conninfo string that may be shown and logged: secrets are replaced by dots.
    package var redacted: String {
        settings.map { "\($0.keyword)=\($0.isSecret ? "•••" : Self.quoted($0.value))" }.joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let plain = !value.isEmpty && !value.contains { $0.isWhitespace || $0 == "'" || $0 == "\\" }
        return plain ? value : "'" + value.inserting("\\", before: "'", "\\") + "'"
    }
}
