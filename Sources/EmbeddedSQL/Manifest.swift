import CEmbeddedSQL

extension EmbeddedSQL {
    /// Every file of `sql/` that the program has in it; the files of a migration in the order in which they are applied.
    static let manifest: [File] = {
        var files: [File] = []
        var next = embedded_files()
        while let file = next?.pointee, let path = file.path, let text = file.text {
            let name = String(cString: path).split(separator: "/").last.map(String.init) ?? ""
            files.append(File(name: name, utf8: text))
            next = next?.advanced(by: 1)
        }
        return files
    }()

    /// Its text is a constant of the program: unchecked, since no pointer is Sendable by itself.
    struct File: @unchecked Sendable {
        /// Without its folder; no two files have the same.
        let name: String
        fileprivate let utf8: UnsafePointer<CChar>

        var text: String { String(cString: utf8) }
    }
}
