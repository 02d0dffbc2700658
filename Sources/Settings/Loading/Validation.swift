/// Checks valid values against each other, after the environment and the command line have overridden the file. Never
/// reports defaults, nor values that were refused already.
struct Validation {
    /// The sources by path. A value that was refused has none.
    let sources: [String: ConfigurationSource]
    private(set) var problems: [Problem] = []

    init(sources: [String: ConfigurationSource]) {
        self.sources = sources
    }

    /// Reports the first one of `contradictions` whose key was set; they are alternative descriptions of the same
    /// problem.
    ///
    /// - Parameter path: of any key of the mapping that their keys belong to.
    mutating func report(_ contradictions: [Contradiction], beside path: String) {
        let mapping = path.lastIndex(of: ".").map { String(path[...$0]) } ?? ""
        for contradiction in contradictions {
            let place = mapping + contradiction.key
            guard let source = sources[place] else { continue }
            return report(place, source, contradiction.message)
        }
    }

    /// Reports every element whose identity an earlier one has.
    mutating func reportDuplicates<Element>(
        in elements: [Element], at path: String, _ identity: ElementIdentity<Element>
    ) {
        var first: [String: ConfigurationSource] = [:]
        for (index, element) in elements.enumerated() {
            let (place, name) = ("\(path)[\(index)].\(identity.key)", identity.name(element))
            guard let source = sources[place] else { continue }
            if let earlier = first[name] {
                let message = "duplicate \(identity.noun) \(Quotation.of(name)) (first at \(earlier.shortDescription))"
                report(place, source, message)
            } else {
                first[name] = source
            }
        }
    }

    private mutating func report(_ path: String, _ source: ConfigurationSource, _ message: String) {
        // A variable or a flag identifies the value already.
        let isInFile = if case .file = source { true } else { false }
        problems.append(Problem(source: source, path: isInFile ? path : "", message: message))
    }
}

/// A description of two values that contradict each other: the key to correct, and what was expected and found there.
struct Contradiction {
    let key: String
    let message: String
}
