import SQLText

/// Gathers what the part planners find: steps by phase, questions, refusals and notes.
final class PlanCollector {
    private let schema: String
    /// The role that owns everything in the schema.
    private let owner: String?
    /// What has been counted so far in the rows.
    private let answers: [SchemaQuestion: [SchemaQuestion.Obstacle]]

    private var steps: [PlanPhase: [SchemaStep]] = [:]
    private var tableWork: [TableWork] = []
    private(set) var questions: [SchemaQuestion] = []
    private var posed: Set<SchemaQuestion> = []
    private var refusals: [SchemaRefusal] = []
    private var notes: [String] = []
    private var unfilled: [String] = []

    init(_ comparison: SchemaComparison) {
        schema = comparison.schema
        owner = comparison.expected[CatalogObject(.schema, comparison.schema), .owner]
        answers = comparison.answers
    }

    var result: SchemaPlan { plan(PlanPhase.allCases) }

    /// What makes one role the owner of everything, and nothing that comes after it.
    var handOver: SchemaPlan { plan(PlanPhase.allCases.prefix { $0 != .tables }) }

    private func plan(_ phases: some Sequence<PlanPhase>) -> SchemaPlan {
        let steps = phases.flatMap { phase in
            ((self.steps[phase] ?? []) + tableWork.filter { $0.phase == phase }.map(\.step)).map {
                phase.isOwners ? $0.run(as: owner) : $0
            }
        }
        return SchemaPlan(refusals: refusals, steps: steps, notes: notes, unfilled: unfilled)
    }

    // MARK: - Steps

    func add(
        _ phase: PlanPhase, _ object: CatalogObject, _ execution: SchemaStep.Execution, _ purpose: String,
        _ statements: String...
    ) {
        append(SchemaStep(object, execution, purpose, statements), to: phase)
    }

    func append(_ step: SchemaStep, to phase: PlanPhase) {
        if !(steps[phase] ?? []).contains(step) { steps[phase, default: []].append(step) }
    }

    /// Adds short work on one table. All of it in the same phase becomes one step, so that the table is locked once
    /// instead of many times.
    func addBriefly(_ phase: PlanPhase, _ table: String, _ mode: LockMode, _ purpose: String, _ statements: String...) {
        addBriefly(phase, table, mode, purpose, statements)
    }

    /// - Parameter index: an index of the table on which ATTACH PARTITION takes ACCESS EXCLUSIVE.
    func addBriefly(
        _ phase: PlanPhase, _ table: String, _ mode: LockMode, locking index: String? = nil, _ purpose: String,
        _ statements: [String]
    ) {
        let lockedIndex = index.map { RelationName(schema: schema, name: $0) }
        let relation = RelationName(schema: schema, name: table)
        let place = tableWork.firstIndex { $0.phase == phase && $0.relation == relation }
        var work = place.map { tableWork.remove(at: $0) } ?? TableWork(phase, relation)
        work.add(mode, lockedIndex, purpose, statements)
        tableWork.insert(work, at: place ?? tableWork.endIndex)
    }

    /// The tables whose rows are changed in batches, and whose triggers fire for that.
    var filledTables: [String] {
        let tables = steps.values.joined().filter { step in
            if case .inBatches = step.execution { return true }
            return false
        }
        return Set(tables.map(\.object.relation)).sorted()
    }

    // MARK: - Questions

    /// Poses a question whose answer the planner reads from the comparison.
    func pose(_ question: SchemaQuestion) {
        if posed.insert(question).inserted { questions.append(question) }
    }

    /// Refuses an object for the rows that a query finds, with their values and counts.
    ///
    /// - Parameters:
    ///   - relations: all that the query reads; none for the one that the object is or belongs to.
    ///   - words: how a value and its count are told.
    func refuseRows(
        _ object: CatalogObject, of relations: [String] = [], answering query: String, _ trouble: String, cure: String,
        option: String? = nil, _ words: (SchemaQuestion.Obstacle) -> String = quoted
    ) {
        let question = SchemaQuestion(object: object, reading: .rows(of: relations), query: query)
        refuseRows(object, posing(question), trouble, cure: cure, option: option, words)
    }

    func refuseRows(
        _ object: CatalogObject, _ obstacles: [SchemaQuestion.Obstacle], _ trouble: String, cure: String,
        option: String? = nil, _ words: (SchemaQuestion.Obstacle) -> String = quoted
    ) {
        refuseListed(object, "\(Self.rowCount(obstacles)): \(trouble)", obstacles, cure: cure, option: option, words)
    }

    private static func quoted(_ obstacle: SchemaQuestion.Obstacle) -> String {
        "\(obstacle.value.map { "'\($0)'" } ?? "NULL") (\(obstacle.count))"
    }

    /// Refuses the question's object for entries of the catalog, one in each row of the answer.
    func refuseListed(_ question: SchemaQuestion, _ trouble: String, cure: String) {
        refuseListed(question.object, trouble, posing(question), cure: cure) { $0.value ?? "NULL" }
    }

    /// Refuses the question's object once for each entry of the catalog, with a cure of its own.
    ///
    /// - Parameters:
    ///   - question: each value of its answer is a description of the entry in one line, a line break, and the
    ///     statement that removes it, of which a name may hold line breaks. The highest count comes first.
    ///   - reason: made from the description.
    ///   - ending: what to do after the statement.
    ///   - option: made from the description as well.
    func refuseEach(
        _ question: SchemaQuestion, _ reason: (String) -> String, then ending: String,
        option: (String) -> String? = { _ in nil }
    ) {
        let object = question.object
        for obstacle in posing(question) {
            let parts = (obstacle.value ?? "").split(separator: "\n", maxSplits: 1)
            if parts.count == 2 {
                let what = String(parts[0])
                refuse(object, reason(what), cure: "\(parts[1]); \(ending)", option: option(what))
            } else {
                refuse(
                    object, "\(obstacle.others) more stand in the way as well",
                    cure: "do what is said of the others first, then repeat the command, which names these")
            }
        }
    }

    private func refuseListed(
        _ object: CatalogObject, _ trouble: String, _ obstacles: [SchemaQuestion.Obstacle], cure: String,
        option: String? = nil, _ words: (SchemaQuestion.Obstacle) -> String
    ) {
        guard !obstacles.isEmpty else { return }
        refuse(object, "\(trouble): \(Self.listed(obstacles, words))", cure: cure, option: option)
    }

    /// - Returns: its answer; empty as long as it has not been asked.
    private func posing(_ question: SchemaQuestion) -> [SchemaQuestion.Obstacle] {
        pose(question)
        return answers[question] ?? []
    }

    private static func rowCount(_ obstacles: [SchemaQuestion.Obstacle]) -> String {
        "\(obstacles.reduce(0) { $0 + $1.count }) row(s)"
    }

    private static func listed(
        _ obstacles: [SchemaQuestion.Obstacle], _ words: (SchemaQuestion.Obstacle) -> String
    ) -> String {
        obstacles.map { $0.others > 0 ? "and \($0.others) more" : words($0) }.joined(separator: ", ")
    }

    // MARK: - What is said

    /// - Parameter option: the options of the command that do without the cure.
    func refuse(_ object: CatalogObject, _ reason: String, cure: String, option: String? = nil) {
        let refusal = SchemaRefusal(object: object, reason: reason, cure: cure, option: option)
        if !refusals.contains(refusal) { refusals.append(refusal) }
    }

    func note(_ text: String) { notes.append(text) }

    /// For a note that several columns may give rise to.
    func noteOnce(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// Notes what the answer lists, if anything.
    func noteListed(_ question: SchemaQuestion, _ text: (String) -> String) {
        let obstacles = posing(question)
        if !obstacles.isEmpty { note(text(Self.listed(obstacles) { $0.value ?? "" })) }
    }

    /// Notes why rows stay without a value, by the answer to the question.
    func noteUnfilled(_ column: CatalogObject, _ question: SchemaQuestion) {
        let obstacles = posing(question)
        guard !obstacles.isEmpty else { return }
        unfilled.append(
            "\(column.relation): \(Self.rowCount(obstacles)) stay without \(column.name): "
                + Self.listed(obstacles) { "\($0.count) \($0.value ?? "")" })
    }
}

/// Short work on one table in one phase, which becomes one step.
private struct TableWork {
    let phase: PlanPhase
    let relation: RelationName
    private var mode = LockMode.shareUpdateExclusive
    private var purposes: [String] = []
    private var statements: [String] = []
    private var indexes: [RelationName] = []

    init(_ phase: PlanPhase, _ relation: RelationName) {
        self.phase = phase
        self.relation = relation
    }

    mutating func add(_ mode: LockMode, _ index: RelationName?, _ purpose: String, _ statements: [String]) {
        self.mode = max(self.mode, mode)
        if let index { indexes.append(index) }
        if !purposes.contains(purpose) { purposes.append(purpose) }
        for statement in statements where !self.statements.contains(statement) { self.statements.append(statement) }
    }

    var step: SchemaStep {
        SchemaStep(
            CatalogObject(.table, relation.name),
            .briefly([LockRequirement(mode, on: relation)] + indexes.map { LockRequirement(.accessExclusive, on: $0) }),
            purposes.joined(separator: "; "), statements)
    }
}
