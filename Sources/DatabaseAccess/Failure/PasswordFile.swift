import Glibc

/// Where this process has its password file from: it decides when a changed password is noticed.
package enum PasswordFile: Hashable, Sendable {
    /// libpq reads it at each attempt to connect.
    case own
    /// systemd copied it when the unit started, and does not do so again before the next start.
    case credential(unit: String)

    /// - Parameters:
    ///   - credentials: `$CREDENTIALS_DIRECTORY`, whose last part is the name of the unit.
    ///   - passwordFile: `$PGPASSFILE`. Where it is not set, the conninfo may still name a file among the credentials.
    package init(credentials: String?, passwordFile: String?) {
        guard let credentials, passwordFile?.hasPrefix("\(credentials)/") ?? true else {
            self = .own
            return
        }
        self = .credential(unit: credentials.split(separator: "/").last.map(String.init) ?? "pgtend.service")
    }

    package static var ofThisProcess: PasswordFile {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        return PasswordFile(
            credentials: variable("CREDENTIALS_DIRECTORY"), passwordFile: variable("PGPASSFILE"))
    }

    /// What to do when the server has refused the password.
    package var cure: String {
        switch self {
        case .own:
            "correct the password: a password file is read again at each attempt, the configuration at a reload"
        case .credential(let unit):
            "correct the password in the file that LoadCredential= names, then systemctl restart \(unit): systemd hands "
                + "a credential over only when the unit starts"
        }
    }
}
