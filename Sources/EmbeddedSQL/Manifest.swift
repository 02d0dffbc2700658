import CEmbeddedSQL

extension EmbeddedSQL {
    /// Every file of `sql/` that the program has in it; the files of a migration in the order in which they are applied.
    static let manifest: [File] = {
        var files: [File] = []
        var next = embedded_files()
        while let file = next?.pointee, let path = file.path, let text = file.text {
            files.append(File(path: String(String(cString: path).dropFirst("sql/".count)), utf8: text))
            next = next?.advanced(by: 1)
        }
        return files
    }()

    /// Its text is a constant of the program: unchecked, since no pointer is Sendable by itself.
    struct File: @unchecked Sendable {
        /// Below `sql/`, such as `run/catalog/server.sql`.
        let path: String
        fileprivate let utf8: UnsafePointer<CChar>

        var text: String { String(cString: utf8) }
    }
}
