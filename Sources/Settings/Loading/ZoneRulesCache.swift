import CivilTime

/// The rules of the time zones of schedules. Each zone file is read only once.
struct ZoneRulesCache {
    private let directory: String
    private var known: [String: ZoneRules] = [:]

    init(directory: String) {
        self.directory = directory
    }

    mutating func rules(named name: String) throws(ZoneError) -> ZoneRules {
        if let rules = known[name] { return rules }
        let rules = try ZoneRules.load(named: name, from: directory)
        known[name] = rules
        return rules
    }

    /// What was expected and found, with a suggestion for a misspelt zone.
    func errorMessage(for error: ZoneError) -> String {
        guard case .unknown(let name, let directory) = error else { return error.description }
        let near = Spelling.nearest(to: name, among: ZoneRules.names(in: directory))
        let hint = near.map { "; did you mean '\($0)'?" } ?? ""
        return "expected a time zone of \(directory), found \(Quotation.of(name))\(hint)"
    }
}
