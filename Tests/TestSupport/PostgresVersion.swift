import Glibc

/// A major version of PostgreSQL that the harness can run, and what its build lacks.
package enum PostgresVersion: Int, CaseIterable, Sendable, CustomStringConvertible {
    case v15 = 15
    case v16 = 16
    case v17 = 17
    case v18 = 18

    /// The versions that this test run covers, for `arguments:`. `PGTEND_TEST_VERSIONS` names them ("18 15" unless it
    /// is set); a version that the harness does not know stops the run, since a skipped version looks like a green one.
    package static let underTest: [PostgresVersion] = {
        let names = getenv("PGTEND_TEST_VERSIONS").map { String(cString: $0) } ?? "18 15"
        return names.split(separator: " ").map { name in
            guard let version = Int(name).flatMap(PostgresVersion.init) else {
                fatalError("PGTEND_TEST_VERSIONS: '\(name)' is none of \(allCases.map(\.rawValue))")
            }
            return version
        }
    }()

    /// Those of `underTest` that have pgvector, which `sql/` needs.
    package static var underTestWithPgvector: [PostgresVersion] { underTest.filter(\.hasPgvector) }

    package var hasPgvector: Bool { self == .v16 || self == .v18 }

    /// Debian's build alone has OpenSSL, and with it `ssl = on`.
    package var hasTLS: Bool { self == .v15 }

    package var description: String { "PostgreSQL \(rawValue)" }
}
