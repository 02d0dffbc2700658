import Dispatch
import Glibc

/// Resolves host names. The look-up may block.
///
/// libpq would resolve the name inside PQconnectStart, and block the caller. Here each look-up has a thread of its own;
/// if the caller stops waiting, the look-up goes on without it, and its result is dropped.
package struct NameResolver: Sendable {
    /// Numeric addresses in the order in which to try them, or why there are none.
    package let addresses: @Sendable (String) -> Result<[String], PostgresError>

    package init(addresses: @escaping @Sendable (String) -> Result<[String], PostgresError>) {
        self.addresses = addresses
    }

    func resolve(_ host: String, completion: @escaping @Sendable (Result<[String], PostgresError>) -> Void) {
        // A queue for each look-up: none has to wait for another.
        DispatchQueue(label: "postgres.resolve").async {
            completion(addresses(host))
        }
    }

    /// getaddrinfo: /etc/hosts, DNS and whatever else nsswitch.conf names.
    package static let system = NameResolver { host in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            let reason = String(cString: gai_strerror(status))
            return .failure(PostgresError(.connection, "host name \"\(host)\" does not resolve: \(reason)"))
        }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                addresses.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
            next = entry.ai_next
        }
        return .success(addresses)
    }

    /// Whether a text is a numeric address, of which nothing has to be looked up.
    static func isAddress(_ text: String) -> Bool {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(text, nil, &hints, &list) == 0 else { return false }
        freeaddrinfo(list)
        return true
    }
}
