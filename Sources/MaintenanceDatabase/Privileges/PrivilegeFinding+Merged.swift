extension [PrivilegeFinding] {
    /// One finding per cure: if six views lack the same grant on their schema, that is one thing to do. A merged
    /// finding has the text of the first one, and how many more reasons there are.
    var mergedByCure: [PrivilegeFinding] {
        var merged: [(first: PrivilegeFinding, reasons: Set<PrivilegeFinding>)] = []
        for finding in self {
            if let index = merged.firstIndex(where: { $0.first.hasTheCure(of: finding) }) {
                merged[index].reasons.insert(finding)
            } else {
                merged.append((finding, [finding]))
            }
        }
        return merged.map { first, reasons in
            let more = reasons.count > 1 ? ", … and \(reasons.count - 1) more" : ""
            return PrivilegeFinding(
                severity: first.severity, object: first.object, expected: first.expected + more, found: first.found,
                cures: first.cures)
        }
    }
}

extension PrivilegeFinding {
    fileprivate func hasTheCure(of other: PrivilegeFinding) -> Bool {
        severity == other.severity && object == other.object && cures == other.cures
    }
}
