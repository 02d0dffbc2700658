import CLibPQ
import Glibc

/// The settings that libpq would use: the conninfo, completed from the service file, the environment and its defaults.
struct EffectiveSettings {
    /// One element of a conninfo's host list.
    struct Host {
        /// Nil for libpq's default, a Unix socket.
        let name: String?
        let address: String?
        let port: String?

        /// The host name, if it has to be resolved first: libpq would block while it resolves it.
        var nameToResolve: String? {
            guard address == nil, let name, !name.hasPrefix("/"), !name.hasPrefix("@") else { return nil }
            return name
        }
    }

    private let values: [String: String]

    /// libpq merges these sources only when a connection is started. So one is started with an invalid value of
    /// `ssl_min_protocol_version`: libpq checks that setting last, after merging and before any network access.
    ///
    /// - Throws: `.misuse` for settings that libpq refuses.
    init(_ info: ConnectionInfo) throws(PostgresError) {
        if let setting = info.settings.first(where: { $0.value.utf8.contains(0) }) {
            throw PostgresError(.misuse, "the connection setting \(setting.keyword) contains a NUL character")
        }
        let refused = "ssl_min_protocol_version"
        let probe = info.setting(refused, to: "none")
        guard let pointer = probe.startConnection() else {
            throw PostgresError(.connection, "out of memory")
        }
        defer { PQfinish(pointer) }
        let message = String(cString: PQerrorMessage(pointer)).trimmedMessage()
        guard message.contains(refused), let options = PQconninfo(pointer) else {
            throw PostgresError(.misuse, "the connection settings are not valid: \(message)")
        }
        defer { PQconninfoFree(options) }
        let pairs = ConnectionInfo.settings(options).map { ($0.keyword, $0.value) }
        values = Dictionary(pairs) { first, _ in first }
    }

    /// Nil where it is empty: to libpq that is the same.
    subscript(keyword: String) -> String? {
        values[keyword].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// In the order in which to try them. libpq has checked that host, hostaddr and port have the same number of
    /// elements.
    var hosts: [Host] {
        func list(_ keyword: String) -> [String?] {
            (self[keyword] ?? "").split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? nil : String($0) }
        }
        let names = list("host")
        let addresses = list("hostaddr")
        let ports = list("port")
        let hosts = (0..<max(names.count, addresses.count)).map { index in
            Host(
                name: index < names.count ? names[index] : nil,
                address: index < addresses.count ? addresses[index] : nil,
                port: ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : nil)
        }
        return self["load_balance_hosts"] == "random" ? hosts.shuffled() : hosts
    }

    /// Nil means no limit, which is what 0 and negative numbers mean to libpq.
    func connectTimeout(default fallback: Duration) throws(PostgresError) -> Duration? {
        guard let text = self["connect_timeout"] else { return fallback }
        guard let seconds = text.libpqInteger else {
            throw PostgresError(.misuse, "connect_timeout: expected a number of seconds, found \"\(text)\"")
        }
        return seconds > 0 ? .seconds(seconds) : nil
    }
}

extension ConnectionInfo {
    /// PQconnectStartParams with these settings; nil when out of memory.
    func startConnection() -> OpaquePointer? {
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        var copies: [UnsafeMutablePointer<CChar>?] = []
        defer { for copy in copies { free(copy) } }
        for setting in settings {
            let keyword = strdup(setting.keyword)
            let value = strdup(setting.value)
            copies += [keyword, value]
            keywords.append(keyword.map { UnsafePointer($0) })
            values.append(value.map { UnsafePointer($0) })
        }
        keywords.append(nil)
        values.append(nil)
        return PQconnectStartParams(keywords, values, 0)
    }
}
