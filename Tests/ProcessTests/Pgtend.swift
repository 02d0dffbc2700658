import Foundation
import TestSupport

/// The built program, as its users start it.
///
/// The suites that start it on databases are serialized: a hundred servers' worth of processes at once on two cores
/// make every time limit a lottery.
enum Pgtend {
    static func run(
        _ arguments: [String], environment: [String: String] = [:], output: Program.Output = .pipes
    ) async throws -> Program.Result {
        try await Program.run(
            Program.pgtend, arguments, environment: environment, output: output, within: .seconds(60))
    }
}

extension TestDatabase {
    /// `pgtend` on this database, without any configuration file.
    func pgtend(
        _ arguments: String..., user: String = "postgres", environment: [String: String] = [:],
        output: Program.Output = .pipes
    ) async throws -> Program.Result {
        try await Pgtend.run(
            arguments + ["--database", conninfo(user: user)], environment: environment, output: output)
    }

    /// The same, still running.
    func startPgtend(_ arguments: String...) throws -> Program {
        try Program.start(Program.pgtend, arguments + ["--database", conninfo()])
    }
}

extension Cluster {
    /// Returns when some session of the database answers `condition`; see `Shop.wait`.
    func waitForSession(where condition: String, database: String = "postgres") async throws {
        try await psql(Shop.wait(forSessionWhere: condition), database: database)
    }
}

extension TestDatabase {
    /// The same, of this database.
    func waitForSession(where condition: String) async throws {
        try await cluster.waitForSession(where: condition, database: name)
    }
}

extension Program.Result {
    /// The JSON lines of `--log-format json`.
    var reports: [[String: Any]] {
        get throws {
            try standardError.split(separator: "\n").map { line in
                guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                    throw TestFailure("not a JSON object: \(line)")
                }
                return object
            }
        }
    }

    var everything: String { standardOutput + standardError }
}

/// Runs `body` with the path of a file that is there as long as it runs.
func withFile<Value>(
    _ text: String, isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Value
) async throws -> Value {
    let path = FileManager.default.temporaryDirectory.path + "/pgtend-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    defer { unlink(path) }
    return try await body(path)
}
