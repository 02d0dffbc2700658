extension [PrivilegeFinding] {
    /// One finding for each cure: six views of one schema that lack the same grant are one thing to do. The first one's
    /// words, and how many more reasons there are.
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
