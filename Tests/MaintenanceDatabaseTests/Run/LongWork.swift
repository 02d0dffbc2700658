import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

@testable import MaintenanceDatabase

/// Long work as the tests need it: the rows of `s.source` get into a table `s.published`, in five steps of which one runs
/// alone and one in batches. None of them may have its effect twice.
enum LongWork {
    enum Stage: String, CaseIterable {
        case created, filled, indexed, marked, published

        var next: Stage? { Self.allCases.drop { $0 != self }.dropFirst().first }
    }

    static let subject = RelationName(schema: "s", name: "source")

    static let repertoire = Repertoire(
        remembering: { _ in [.updateStatistics] }, plan: { _, snapshot in plan(snapshot) },
        work: { step, _ in
            switch Stage(rawValue: step.updateStatistics?.tenant ?? "") {
            case .indexed: IndexWork()
            case .marked: MarkWork()
            case let stage?: StageWork(stage: stage)
            case nil: fatalError("\(step)")
            }
        })

    static func plan(_ snapshot: CatalogSnapshot) -> Plan {
        var work = TaskPlan(objectsInView: 1)
        let memory = snapshot.remembered[.updateStatistics, subject]
        let last = memory.map { Stage(rawValue: $0.texts["stage"] ?? "") }
        // Without a ledger nobody knows where it stands.
        if snapshot.remembered.ignorance == nil, let stage = last.map({ $0?.next }) ?? .created {
            work.steps = [step(to: stage)]
        }
        return Plan(database: "test", takenAt: snapshot.takenAt, work: work)
    }

    private static func step(to stage: Stage) -> PlanStep {
        let corpus = CorpusDefinition(source: subject, target: subject)
        return PlanStep(
            .updateStatistics(UpdateStatistics(corpus: corpus, tenant: stage.rawValue, owner: "postgres")),
            reason: "a test", limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(30)))
    }

    private struct StageWork: StepWork, TransactionWork {
        let stage: Stage

        func script() -> [String] {
            switch stage {
            case .created: ["CREATE TABLE s.copy (n integer, is_marked boolean NOT NULL DEFAULT false)"]
            case .filled: ["INSERT INTO s.copy (n) TABLE s.source"]
            case .indexed, .marked: []
            case .published: ["ALTER TABLE s.copy RENAME TO published"]
            }
        }

        func recheck(on connection: Connection) async throws(PostgresError) -> String? { nil }

        func perform(
            on connection: Connection, within deadline: LockDeadline
        ) async throws(PostgresError) -> StepTransaction.Verdict {
            for statement in script() { try await connection.script(unsafe: statement) }
            return .commit(StepResult(memory: ["stage": stage.rawValue], hasMore: stage.next != nil))
        }

        func cure(for failure: ServerFailure) -> Cure? { nil }
    }

    private struct IndexWork: StepWork, LoneWork {
        var intention: [String: String]? { ["stage": "filled", "begun": "indexed"] }

        func script() -> [String] {
            ["DROP INDEX CONCURRENTLY IF EXISTS s.copy_n", "CREATE INDEX CONCURRENTLY copy_n ON s.copy (n)"]
        }

        func recheck(on connection: Connection) async throws(PostgresError) -> String? { nil }

        /// What is left of an index that was not completed stands in the way of the next.
        func perform(on connection: Connection) async throws(PostgresError) {
            for statement in script() {
                let lone = LoneStatement(
                    unsafe: statement, as: "postgres", lockTimeout: .seconds(10), statementTimeout: .seconds(30))
                try await connection.run(lone, timeout: .seconds(40))
            }
        }

        func completion(on connection: Connection) async throws(PostgresError) -> StepResult? {
            let row = try await connection.row(
                """
                SELECT coalesce(bool_or(i.indisvalid), false) AS is_valid FROM pg_index AS i
                WHERE i.indexrelid = to_regclass('s.copy_n')
                """)
            let isValid: Bool = try row.decode("is_valid")
            return isValid ? StepResult(memory: ["stage": Stage.indexed.rawValue], hasMore: true) : nil
        }

        func cure(for failure: ServerFailure) -> Cure? { nil }
    }

    private struct MarkWork: StepWork, BatchWork {
        let tables = [RelationName(schema: "s", name: "copy")]

        func script() -> [String] { [Self.update("NOT r.is_marked")] }

        private static func update(_ condition: String) -> String {
            "UPDATE s.copy AS r SET n = n + 1, is_marked = true WHERE \(condition)"
        }

        func recheck(on connection: Connection) async throws(PostgresError) -> String? { nil }

        func perform(
            on connection: Connection, table: RelationName, places: String, limits: String
        ) async throws(PostgresError) -> Int64 {
            let row = try await connection.row(
                Statement(
                    unsafe: "WITH marked AS (\(Self.update("\(places) AND NOT r.is_marked")) RETURNING 1) "
                        + "SELECT count(*) AS rows FROM marked"))
            return try row.decode("rows")
        }

        func result(rows: Int64) -> StepResult {
            StepResult(figures: [.rows: rows], memory: ["stage": Stage.marked.rawValue], hasMore: true)
        }

        func cure(for failure: ServerFailure) -> Cure? { nil }
    }
}
