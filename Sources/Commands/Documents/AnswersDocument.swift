import Maintenance

/// What several databases have answered, for programs, and the failures of those that gave no answer.
struct AnswersDocument<Database: Encodable>: Encodable {
    private let databases: [Database]
    private let failures: [FailureDocument]

    init(_ databases: [Database], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures.map(FailureDocument.init)
    }

    var rendered: String { JSONText.of(self) }
}
