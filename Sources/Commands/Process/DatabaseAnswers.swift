import Maintenance
import Reporting

/// What several databases have answered, asked one after the other. One that cannot answer says why on standard error,
/// and never stops the next; a signal does.
struct DatabaseAnswers<Answer> {
    private(set) var found: [Answer] = []
    private(set) var failures: [(database: String, ServerFailure)] = []
    private(set) var statuses: [ExitStatus] = []

    /// - Parameter show: what comes of an answer at once; `gap` parts what it writes from what was written before.
    init(
        of definitions: [DatabaseDefinition], _ ask: (DatabaseDefinition) async throws(ServerFailure) -> Answer,
        show: (_ answer: Answer, _ gap: String) -> ExitStatus
    ) async {
        for definition in definitions {
            do throws(ServerFailure) {
                let answer = try await ask(definition)
                found.append(answer)
                statuses.append(show(answer, found.count > 1 ? "\n" : ""))
            } catch {
                StandardOutput.complain("\(definition.name.visible): \(error.explained)")
                statuses.append(ExitStatus(error))
                failures.append((definition.name, error))
            }
            if Task.isCancelled { break }
        }
    }
}
