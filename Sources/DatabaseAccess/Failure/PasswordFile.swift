import Glibc
import Maintenance

/// Where this process gets its password file from, which decides when a changed password takes effect.
package enum PasswordFile: Hashable, Sendable {
    /// libpq reads it at each attempt to connect.
    case regular
    /// A systemd credential (`LoadCredential=`), which systemd copies only when the unit starts.
    case credential(unit: String)

    /// - Parameters:
    ///   - credentials: `$CREDENTIALS_DIRECTORY`, whose last component is the name of the unit.
    ///   - passwordFile: `$PGPASSFILE`. If it is not set, the conninfo may still name a file among the credentials.
    package init(credentials: String?, passwordFile: String?) {
        guard let credentials, passwordFile?.hasPrefix("\(credentials)/") ?? true else {
            self = .regular
            return
        }
        self = .credential(unit: credentials.split(separator: "/").last.map(String.init) ?? "pgtend.service")
    }

    /// As this process's environment variables say.
    package static var ofThisProcess: PasswordFile {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        return PasswordFile(
            credentials: variable("CREDENTIALS_DIRECTORY"), passwordFile: variable("PGPASSFILE"))
    }

    /// What to do when the server has refused the password.
    package var cure: Cure {
        switch self {
        case .regular:
            "correct the password: a password file is read again at each attempt, the configuration at a reload"
        case .credential(let unit):
            "correct the password in the file that LoadCredential= names, then systemctl restart \(unit): systemd hands "
                + "a credential over only when the unit starts"
        }
    }
}
