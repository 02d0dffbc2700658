/// The part of the environment that speaks of pgtend's configuration.
struct EnvironmentOverrides {
    private let values: [String: String]

    static let prefix = "PGTEND_"
    static let configFile = "PGTEND_CONFIG"
    static let database = "PGTEND_DATABASE"

    init(_ environment: [String: String]) {
        values = environment.filter { !$0.value.isEmpty }
    }

    /// nil also when the variable is set to nothing.
    subscript(variable: String) -> String? { values[variable] }

    /// A misspelt variable would silently do nothing. It is a warning, not a problem: container platforms set
    /// variables of this form on their own (`PGTEND_SERVICE_HOST` for a service called pgtend).
    func warnOfUnknown(_ context: inout DecodingContext) {
        let places =
            ConfigurationKeys.file.overrides.compactMap(\.place)
            + ConfigurationKeys.database.overrides.compactMap(\.place)
        let known = [Self.configFile, Self.database] + places.map { _, variable in variable }
        // Somebody may spell out the place of the setting where the variable is shorter: PGTEND_PARTITIONS_PREMAKE.
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

    /// The variable of libpq's own that says best which database to connect to; nil when none does.
    var libpqDatabase: (variable: String, value: String)? {
        ["PGDATABASE", "PGSERVICE", "PGHOST", "PGHOSTADDR"].lazy
            .compactMap { variable in values[variable].map { (variable, $0) } }.first
    }
}

extension Override {
    /// nil for a flag.
    fileprivate var place: (path: String, variable: String)? {
        if case .environment(let variable) = source { (path, variable) } else { nil }
    }
}
