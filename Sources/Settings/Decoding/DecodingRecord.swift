/// What is learnt while values are taken over: what is wrong with them, and where the good ones come from.
struct DecodingRecord {
    /// The file that is being read.
    let file: String
    private(set) var problems: [Problem] = []
    private(set) var warnings: [Problem] = []
    /// By path; a value that was refused has none.
    private(set) var sources: [String: ConfigurationSource] = [:]

    init(file: String) {
        self.file = file
    }

    mutating func refuse(_ mark: Mark, _ path: String, _ message: String) {
        problems.append(Problem(source: .file(path: file, at: mark), path: path, message: message))
    }

    mutating func refuse(_ source: ConfigurationSource, _ path: String = "", _ message: String) {
        problems.append(Problem(source: source, path: path, message: message))
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
