/// The state of decoding: the problems and warnings so far, and the sources of the values that were accepted.
struct DecodingContext {
    /// The file that is being read.
    private let file: String
    /// Where reading stopped because of a syntax error; nil if the file was read to its end.
    private let stop: Mark?
    var zones: ZoneRulesCache
    private(set) var problems: [Problem] = []
    private(set) var warnings: [Problem] = []
    /// The sources by path. A value that was refused has none.
    private(set) var sources: [String: ConfigurationSource] = [:]

    init(file: String, stop: Mark? = nil, zones: ZoneRulesCache) {
        self.file = file
        self.stop = stop
        self.zones = zones
    }

    /// Records a problem, unless it is at or after the line of a syntax error, of which it is probably a consequence.
    mutating func refuse(_ mark: Mark, _ path: String, _ message: String) {
        if let stop, mark.line >= stop.line { return }
        problems.append(Problem(source: .file(path: file, at: mark), path: path, message: message))
    }

    /// Records that something is missing, unless a syntax error stopped reading: it may come after the error.
    mutating func reportMissing(_ mark: Mark, _ path: String, _ message: String) {
        if stop == nil { refuse(mark, path, message) }
    }

    mutating func refuse(_ source: ConfigurationSource, _ path: String = "", _ message: String) {
        problems.append(Problem(source: source, path: path, message: message))
    }

    /// Refuses a value that was accepted before, because it contradicts others. Does nothing if no value was accepted.
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
