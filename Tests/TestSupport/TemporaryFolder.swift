import Foundation

/// An empty folder of one test's own.
package enum TemporaryFolder {
    /// Runs `body` with its path, and removes it with all that is in it.
    package static func with<Value>(_ body: (_ path: String) throws -> Value) throws -> Value {
        let path = FileManager.default.temporaryDirectory.path + "/pgtend-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let result = Result { try body(path) }
        try FileManager.default.removeItem(atPath: path)
        return try result.get()
    }
}
