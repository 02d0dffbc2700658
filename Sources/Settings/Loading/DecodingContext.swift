/// State that is passed along while values are decoded: the problems and warnings so far, and the sources of the values
/// that were accepted.
struct DecodingContext {
    /// The file that is being read.
    private let file: String
    /// Where reading it stopped because of a syntax error.
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

    /// Reports that something is wrong. Nothing is reported from the line of a syntax error on: what was read there is
    /// more likely a consequence of that error than another mistake.
    mutating func refuse(_ mark: Mark, _ path: String, _ message: String) {
        if let stop, mark.line >= stop.line { return }
        problems.append(Problem(source: .file(path: file, at: mark), path: path, message: message))
    }

    /// Reports that something is missing, unless reading stopped before it could have been found.
    mutating func reportMissing(_ mark: Mark, _ path: String, _ message: String) {
        if stop == nil { refuse(mark, path, message) }
    }

    mutating func refuse(_ source: ConfigurationSource, _ path: String = "", _ message: String) {
        problems.append(Problem(source: source, path: path, message: message))
    }

    /// Refuses a value after all that was accepted by itself, but cannot be combined with others. Does nothing if there
    /// is none.
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
