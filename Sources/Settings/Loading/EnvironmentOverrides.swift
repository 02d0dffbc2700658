/// The environment variables that override values of the file. Empty ones count as not set.
struct EnvironmentOverrides {
    private let values: [String: String]

    static let prefix = "PGTEND_"
    static let configFile = "PGTEND_CONFIG"
    static let database = "PGTEND_DATABASE"

    init(_ environment: [String: String]) {
        values = environment.filter { !$0.value.isEmpty }
    }

    subscript(variable: String) -> String? { values[variable] }

    /// Warns about variables with the prefix that are unknown, since a misspelt one would have no effect. Not an error:
    /// container platforms set such variables themselves (`PGTEND_SERVICE_HOST` for a service called pgtend).
    func warnOfUnknown(_ context: inout DecodingContext) {
        let places =
            ConfigurationKeys.file.overrides.compactMap(\.place)
            + ConfigurationKeys.database.overrides.compactMap(\.place)
        let known = [Self.configFile, Self.database] + places.map { _, variable in variable }
        // Some names are shorter than the path of their key: PGTEND_PREMAKE, not PGTEND_PARTITIONS_PREMAKE.
        let spelledOut = Dictionary(
            places.map { path, variable in
                (Self.prefix + path.uppercased().split(separator: ".").joined(separator: "_"), variable)
            }, uniquingKeysWith: { first, _ in first })
        for name in values.keys.sorted() where name.hasPrefix(Self.prefix) && !name.hasPrefix("PGTEND_TEST_") {
            guard !known.contains(name) else { continue }
            let meant = spelledOut[name] ?? Spelling.nearest(to: name, among: known)
            let near = meant.map { "; did you mean '\($0)'?" } ?? ""
            context.warn(.environment(variable: name), "", "unknown variable, ignored\(near)")
        }
    }

    /// The most specific of libpq's own variables that determine the database; nil if none is set.
    var libpqDatabase: (variable: String, value: String)? {
        ["PGDATABASE", "PGSERVICE", "PGHOST", "PGHOSTADDR"].lazy
            .compactMap { variable in values[variable].map { (variable, $0) } }.first
    }
}

extension Override {
    /// The path of the key and the variable that overrides it; nil for a flag.
    fileprivate var place: (path: String, variable: String)? {
        if case .environment(let variable) = source { (path, variable) } else { nil }
    }
}
