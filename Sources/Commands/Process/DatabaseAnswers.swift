import Maintenance
import Reporting

/// The answers of several databases, which are asked one after the other. If one fails, the failure is written to
/// standard error and the next one is asked; cancelling the task stops the sequence.
struct DatabaseAnswers<Answer> {
    private(set) var found: [Answer] = []
    private(set) var failures: [(database: String, ServerFailure)] = []
    private(set) var statuses: [ExitStatus] = []

    /// - Parameter show: called with each answer at once; returns its status. `gap` separates its output from that of
    ///   the answer before. If it fails, so has the database.
    init(
        of definitions: [DatabaseDefinition], _ ask: (DatabaseDefinition) async throws(ServerFailure) -> Answer,
        show: (_ answer: Answer, _ gap: String) throws(ServerFailure) -> ExitStatus
    ) async {
        for definition in definitions {
            do throws(ServerFailure) {
                let answer = try await ask(definition)
                found.append(answer)
                statuses.append(try show(answer, found.count > 1 ? "\n" : ""))
            } catch {
                StandardError.write("\(definition.name.visible): \(error.explained)")
                statuses.append(ExitStatus(error))
                failures.append((definition.name, error))
            }
            if Task.isCancelled { break }
        }
    }
}

extension ServerFailure {
    /// The message with its SQLSTATE, the server's DETAIL and HINT, and the cure, a line each, escaped for the
    /// terminal.
    var explained: String {
        var lines = [description]
        if let detail { lines.append("  detail: \(detail)") }
        if let hint { lines.append("  hint: \(hint)") }
        if let cure { lines.append("  \(cure.labelled)") }
        return lines.map(\.visible).joined(separator: "\n")
    }
}
