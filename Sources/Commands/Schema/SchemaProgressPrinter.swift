import SchemaDesign
import SchemaManagement
import Synchronization

/// Prints the progress and the outcome of a command that changes the schema of one database.
final class SchemaProgressPrinter: Sendable {
    private let name: String
    /// The diagnosis that was shown before anything was changed.
    private let first = Mutex<SchemaDiagnosis?>(nil)

    init(_ name: String) {
        self.name = name
    }

    func begun(_ diagnosis: SchemaDiagnosis) {
        first.withLock { $0 = diagnosis }
        StandardOutput.write(SchemaPlanText(name, diagnosis).summary)
    }

    func progressed(_ progress: BackfillProgress) {
        StandardOutput.write(SchemaPlanText.line(progress))
    }

    func done(_ steps: [SchemaStep], _ duration: Duration) {
        StandardOutput.write(SchemaPlanText.line(steps, duration))
    }

    func ended(_ diagnosis: SchemaDiagnosis) -> ExitStatus {
        StandardOutput.write(SchemaPlanText.outcome(of: name, diagnosis, after: first.withLock(\.self)))
        return SchemaPlanText.status(diagnosis)
    }
}
