import CivilTime

/// The rules of the time zones that the configuration names. Each zone file is read once, however many schedules use
/// it.
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

    /// What was expected and found, and which zone was probably meant.
    func complaint(about error: ZoneError) -> String {
        guard case .unknown(let name, let directory) = error else { return error.description }
        let near = Spelling.nearest(to: name, among: ZoneRules.names(in: directory))
        let hint = near.map { "; did you mean '\($0)'?" } ?? ""
        return "expected a time zone of \(directory), found \(Quotation.of(name))\(hint)"
    }
}
