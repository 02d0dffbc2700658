/// Holds values against each other that are right by themselves, after the environment and the command line have
/// overridden the file. A value that nobody gave, or that was refused, is not reported.
struct Validation {
    /// By path; a value that was refused has none.
    let sources: [String: ConfigurationSource]
    private(set) var problems: [Problem] = []

    init(sources: [String: ConfigurationSource]) {
        self.sources = sources
    }

    /// Reports the first of the ways to say the same whose value somebody gave. `path` is that of a key of the mapping
    /// in which they all are.
    mutating func report(_ contradictions: [Contradiction], beside path: String) {
        let mapping = path.lastIndex(of: ".").map { String(path[...$0]) } ?? ""
        for contradiction in contradictions {
            let place = mapping + contradiction.key
            guard let source = sources[place] else { continue }
            return report(place, source, contradiction.message)
        }
    }

    /// The first of several elements with the same identity is taken to be right.
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
        // An environment variable is its own path.
        let isInFile = if case .file = source { true } else { false }
        problems.append(Problem(source: source, path: isInFile ? path : "", message: message))
    }
}

/// One way to say that two values contradict each other: the key to correct, and what is expected of it.
struct Contradiction {
    let key: String
    let message: String
}
