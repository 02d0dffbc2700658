import Foundation
import TestSupport

/// What `make install` puts on a machine, in a folder of a test's own.
struct Installation {
    /// Has `bin`, `lib` and `share`.
    let prefix: URL

    static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    static func with<Value>(_ body: (Installation) async throws -> Value) async throws -> Value {
        // Others must be able to get there: systemd looks at what it would execute.
        let prefix = FileManager.default.temporaryDirectory.appending(path: "pgtend-\(UUID().uuidString)")
        defer { unlinkAll(below: prefix) }
        let installation = Installation(prefix: prefix)
        try await installation.make("install")
        return try await body(installation)
    }

    /// With a DESTDIR, even this one, nothing of the machine is told of what was installed.
    func make(_ target: String) async throws {
        let result = try await Self.make(target, into: "/", prefix: prefix.path)
        guard result.succeeded, result.standardError.isEmpty else { throw TestFailure("make \(target): \(result)") }
    }

    static func make(
        _ target: String, into destination: String, prefix: String, environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await Program.run(
            "/usr/bin/make",
            [
                "--silent", "-C", root.path, target, "DESTDIR=\(destination)", "PREFIX=\(prefix)",
                "program=\(Program.pgtend)",
            ], environment: environment)
    }

    var units: URL { prefix.appending(path: "lib/systemd/system") }

    /// Below the prefix, sorted.
    var files: [String] {
        get throws { try Self.files(below: prefix) }
    }

    /// Their paths below the folder, sorted.
    static func files(below folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { !isFolder(folder.appending(path: $0)) }.sorted()
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: prefix.appending(path: path), encoding: .utf8)
    }

    private static func isFolder(_ place: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func unlinkAll(below folder: URL) {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        do { try FileManager.default.removeItem(at: folder) } catch { print("removing \(folder.path): \(error)") }
    }
}
