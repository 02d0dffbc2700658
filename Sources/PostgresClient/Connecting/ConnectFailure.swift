import CLibPQ
import SQLText

/// Turns libpq's message about a failed attempt to connect into an error.
enum ConnectFailure {
    static func error(
        _ connection: borrowing LibPQConnection, _ host: EffectiveSettings.Host
    ) -> PostgresError {
        var parsed = parse(connection.lastError)
        if let name = host.nameToResolve, let address = PQhostaddr(connection.pointer).map({ String(cString: $0) }),
            name != address
        {
            // libpq was given the address to connect to, so its message names the address and not the host.
            parsed.message = parsed.message.replacing("at \"\(address)\"", with: "at \"\(name)\" (\(address))")
        }
        if PQconnectionNeedsPassword(connection.pointer) == 1 {
            parsed.kind = .authentication
            parsed.hint = "Give one in the password file (PGPASSFILE, ~/.pgpass) or PGPASSWORD."
        }
        return parsed
    }

    static func timedOut(_ host: EffectiveSettings.Host, address: String?, limit: Duration?) -> PostgresError {
        let name = host.name ?? address ?? "the local socket"
        let place = address.flatMap { $0 == name ? nil : " (\($0))" } ?? ""
        return PostgresError(
            .connection,
            "connection to server at \"\(name)\"\(place), port \(host.port ?? "5432") failed: no answer within \(limit ?? .zero)",
            hint: "Check the address, the network and the firewall; connect_timeout sets the limit.")
    }

    /// Takes the SQLSTATE out of a message such as
    /// `connection to server at "h" (::1), port 5432 failed: FATAL:  28P01: password authentication failed …`, and
    /// drops the source location that comes with it.
    static func parse(_ message: String) -> PostgresError {
        var lines: [String] = []
        var error = PostgresError(.connection, "")
        for line in message.split(separator: "\n") {
            if line.hasPrefix("LOCATION:  ") { continue }
            if line.hasPrefix("DETAIL:  ") {
                error.detail = String(line.dropFirst(9))
            } else if line.hasPrefix("HINT:  ") {
                error.hint = String(line.dropFirst(7))
            } else if let match = line.firstMatch(of: #/: +[^ :]+:  (?<state>[0-9A-Z]{5}): /#) {
                error.sqlState = SQLState(rawValue: String(match.state))
                lines.append(line[..<match.range.lowerBound] + ": " + line[match.range.upperBound...])
            } else {
                lines.append(String(line))
            }
        }
        error.message = lines.joined(separator: "; ")
        if error.sqlState?.errorClass == "28" { error.kind = .authentication }
        return error
    }
}
