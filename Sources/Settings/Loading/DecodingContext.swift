/// What is learnt while values are taken over: what is wrong with them, and where the good ones come from.
struct DecodingContext {
    /// The file that is being read.
    private let file: String
    /// Where its reader stopped early.
    private let stop: Mark?
    var zones: ZoneRulesCache
    private(set) var problems: [Problem] = []
    private(set) var warnings: [Problem] = []
    /// By path; a value that was refused has none.
    private(set) var sources: [String: ConfigurationSource] = [:]

    init(file: String, stop: Mark? = nil, zones: ZoneRulesCache) {
        self.file = file
        self.stop = stop
        self.zones = zones
    }

    /// Says that something is wrong. On the line of a syntax error the error itself says so already, and what
    /// was read there is more likely its consequence than a mistake of its own.
    mutating func refuse(_ mark: Mark, _ path: String, _ message: String) {
        if let stop, mark.line >= stop.line { return }
        problems.append(Problem(source: .file(path: file, at: mark), path: path, message: message))
    }

    /// Says that something is missing, unless it may just not have been read.
    mutating func reportMissing(_ mark: Mark, _ path: String, _ message: String) {
        if stop == nil { refuse(mark, path, message) }
    }

    mutating func refuse(_ source: ConfigurationSource, _ path: String = "", _ message: String) {
        problems.append(Problem(source: source, path: path, message: message))
    }

    /// Takes back a value that is right in itself but not where it stands; nothing without one.
    mutating func retract(_ path: String, _ message: String) {
        switch sources.removeValue(forKey: path) {
        case nil: break
        case .file(_, let mark?): refuse(mark, path, message)
        case let source?: refuse(source, path, message)
        }
    }

    mutating func warn(_ source: ConfigurationSource, _ path: String = "", _ message: String) {
        warnings.append(Problem(source: source, path: path, message: message))
    }

    mutating func accept(_ path: String, from mark: Mark) {
        sources[path] = .file(path: file, at: mark)
    }

    mutating func accept(_ path: String, from source: ConfigurationSource) {
        sources[path] = source
    }
}
