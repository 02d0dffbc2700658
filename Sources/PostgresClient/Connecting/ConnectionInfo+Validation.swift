import CLibPQ
import Glibc

/// A setting that libpq would refuse when it connects, and so for ever.
package struct InvalidSetting: Error, Hashable, Sendable {
    /// Names the keyword. Never contains a secret.
    package let message: String
    /// The environment variable that has it; nil where the connection string or its service has.
    package let variable: String?
}

extension ConnectionInfo {
    /// Proves, without any network access, that libpq takes all settings, those of the environment and of a service
    /// included. libpq itself reads numbers, ports and addresses only when it comes to them.
    package func validate() throws(InvalidSetting) {
        let effective: EffectiveSettings
        do throws(PostgresError) {
            effective = try EffectiveSettings(self)
        } catch {
            throw InvalidSetting(message: Self.withoutSecrets(error.message, if: mayHideSecret), variable: nil)
        }
        for (keyword, kind) in Self.kinds {
            guard let value = effective[keyword], !kind.takes(value) else { continue }
            let found = isShowable(value) ? "\"\(value)\"" : "something else (not shown)"
            throw InvalidSetting(
                message: "\(keyword): expected \(kind.expected), found \(found)", variable: variable(of: keyword))
        }
        // Of what libpq checks, this comes after all that takes one word, but for the words that are checked here.
        let refused = "target_session_attrs"
        let probe = setting(refused, to: "none")
        guard let pointer = probe.startConnection() else { return }
        defer { PQfinish(pointer) }
        let message = String(cString: PQerrorMessage(pointer)).trimmedMessage()
        if !message.contains(refused) {
            throw InvalidSetting(
                message: "the connection settings are not valid: \(Self.withoutSecrets(message, if: mayHideSecret))",
                variable: nil)
        }
    }

    /// What a piece of a password could have become: libpq splits a URI at the first `@` or `/`.
    private func isShowable(_ value: String) -> Bool {
        !mayHideSecret && value.count <= 60
            && value.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || " ,.:%+-0123456789".unicodeScalars.contains($0))
            }
    }

    private func variable(of keyword: String) -> String? {
        guard self[keyword] == nil, self["service"] == nil, getenv("PGSERVICE") == nil,
            let options = PQconndefaults()
        else { return nil }
        defer { PQconninfoFree(options) }
        var option = options
        while let name = option.pointee.keyword {
            if strcmp(name, keyword) == 0, let variable = option.pointee.envvar, getenv(variable) != nil {
                return String(cString: variable)
            }
            option += 1
        }
        return nil
    }

    private enum Kind {
        case number
        case ports
        case addresses
        case word([String])

        var expected: String {
            switch self {
            case .number: "a whole number"
            case .ports: "a number from 1 to 65535, or one for each host with commas between them"
            case .addresses: "an IP address, or one for each host with commas between them"
            case .word(let words): "one of \(words.joined(separator: ", "))"
            }
        }

        func takes(_ value: String) -> Bool {
            switch self {
            case .number: value.libpqInteger != nil
            case .ports:
                value.listElements.allSatisfy { $0.isEmpty || $0.libpqInteger.map { (1...65535).contains($0) } == true }
            case .addresses: value.listElements.allSatisfy { $0.isEmpty || NameResolver.isAddress($0) }
            case .word(let words): words.contains(value)
            }
        }
    }

    private static let kinds: [(String, Kind)] = [
        ("port", .ports), ("hostaddr", .addresses), ("connect_timeout", .number), ("keepalives", .number),
        ("keepalives_idle", .number), ("keepalives_interval", .number), ("keepalives_count", .number),
        ("tcp_user_timeout", .number),
        (
            "target_session_attrs",
            .word(["any", "read-write", "read-only", "primary", "standby", "prefer-standby"])
        ),
        ("load_balance_hosts", .word(["disable", "random"])),
    ]
}

extension String {
    /// As libpq reads the number of a setting; nil where it does not.
    var libpqInteger: Int? {
        let spaces: [Character] = [" ", "\t", "\n", "\u{B}", "\u{C}", "\r"]
        let text = drop { spaces.contains($0) }.reversed().drop { spaces.contains($0) }.reversed()
        return Int32(String(text)).map(Int.init)
    }

    fileprivate var listElements: [String] {
        split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
