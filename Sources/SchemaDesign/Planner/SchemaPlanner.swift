import SQLText

/// Plans what brings a live schema to what it should be, from the facts of both, the rules of `sql/mcp/rules`, and what was
/// counted in the rows. Touches nothing.
///
/// It plans from what stands, never from what an earlier call had in mind: whatever a call was interrupted in, the next
/// one finds it, and plans the rest.
package struct SchemaPlanner {
    let schema: String
    let expected: CatalogFacts
    let live: CatalogFacts
    let gap: SchemaGap
    /// The major version of the server.
    let major: Int
    let rules: [RepairRule]
    let mappings: [ValueMapping]
    /// What has been counted so far.
    let answers: [SchemaQuestion: [SchemaQuestion.Obstacle]]
    /// Of a step that others wait for.
    let deadline: Duration

    /// In this order everything finds what it needs.
    enum Phase: CaseIterable {
        case foundation, types, functions, tables, columns
        // A new partition has all the indexes that its parent has by then; one that came before them would get each of
        // them CONCURRENTLY. Rows are filled when all is there that triggers may write to.
        case partitionedIndexes, firstPartitions
        case values, constraints, indexes, swaps, leftovers, keys, references, partitions, views
        // Nobody is granted what row-level security does not guard yet, whenever the command is interrupted. Whoever loses
        // a table has its privileges before that. Triggers that write as the schema's owner find it owning what they write
        // to.
        case rowSecurity, privileges, owners, triggers, counts, comments
    }

    private var steps: [Phase: [SchemaStep]] = [:]
    private var brief: [BriefWork] = []
    private(set) var questions: [SchemaQuestion] = []
    private var posed: Set<SchemaQuestion> = []
    private let differences: [CatalogObject: [SchemaGap.Difference]]
    /// What is known of values that a column of another type would alter.
    let alterations: [CatalogObject: [SchemaQuestion.Obstacle]]
    var refusals: [SchemaRefusal] = []
    var notes: [String] = []
    var unfilled: [String] = []
    /// Columns whose old values are given their new ones.
    var takers: Set<CatalogObject> = []

    package init(
        _ verification: SchemaVerification, schema: String, rules: [RepairRule], mappings: [ValueMapping],
        answers: [SchemaQuestion: [SchemaQuestion.Obstacle]], deadline: Duration = .milliseconds(200)
    ) throws(SQLTextError) {
        self.schema = schema
        expected = verification.expected
        live = verification.live
        gap = verification.gap
        major = verification.major
        self.rules = rules
        self.mappings = mappings
        self.answers = answers
        self.deadline = deadline
        differences = Dictionary(grouping: gap.different, by: \.object)
        alterations = answers.reduce(into: [:]) { alterations, answer in
            if answer.key.topic == .alterations { alterations[answer.key.object] = answer.value }
        }
        try plan()
    }

    /// What is still to be counted before the plan can be relied upon.
    package var openQuestions: [SchemaQuestion] { questions.filter { answers[$0] == nil } }

    package var result: SchemaPlan {
        let steps = Phase.allCases.flatMap { phase in
            (self.steps[phase] ?? []) + brief.filter { $0.phase == phase }.map(\.step)
        }
        return SchemaPlan(refusals: refusals, steps: steps, notes: notes, unfilled: unfilled)
    }

    private mutating func plan() throws(SQLTextError) {
        try refuseMemberships()
        try refuseAttributes()
        try refuseRightsOfOthers()
        refuseSilentTriggers()
        if live.holdsNothing { return try planInstallation() }
        try refuseUnexpected()
        try refuseRelatives()
        try planFoundation()
        try planTypes()
        try planRoutines()
        for object in expected.objects(.table) { try planTable(object) }
        try refusePersistence()
        try planPartitions()
        try planViews()
        try planCounters()
        for object in expected.objects(.table) { try planTriggersAndPolicies(of: object) }
        try planDisabledTriggers()
        try planPrivileges()
        try planComments()
        noteIdleMappings()
    }

    // MARK: - What the parts of the planner add

    mutating func add(
        _ phase: Phase, _ object: CatalogObject, _ manner: SchemaStep.Manner, _ purpose: String, _ statements: String...
    ) {
        append(SchemaStep(object, manner, purpose, statements), to: phase)
    }

    mutating func append(_ step: SchemaStep, to phase: Phase) {
        if !(steps[phase] ?? []).contains(step) { steps[phase, default: []].append(step) }
    }

    /// Short work on one table is done at once with the other short work on it: one wait for its lock instead of many.
    mutating func addBriefly(
        _ phase: Phase, _ table: String, _ mode: LockMode, _ purpose: String, _ statements: String...
    ) {
        addBriefly(phase, table, mode, purpose, statements)
    }

    /// - Parameter index: one of the table's that ATTACH PARTITION locks against everybody.
    mutating func addBriefly(
        _ phase: Phase, _ table: String, _ mode: LockMode, locking index: String? = nil, _ purpose: String,
        _ statements: [String]
    ) {
        let lockedIndex = index.map { RelationName(schema: schema, name: $0) }
        let place = brief.firstIndex { $0.phase == phase && $0.relation.name == table }
        var work = place.map { brief.remove(at: $0) } ?? BriefWork(phase, RelationName(schema: schema, name: table))
        work.add(mode, lockedIndex, purpose, statements)
        brief.insert(work, at: place ?? brief.endIndex)
    }

    /// Refuses what rows have, with their values and counts.
    mutating func ask(_ object: CatalogObject, _ query: String, _ trouble: String, cure: String) {
        let obstacles = obstacles(SchemaQuestion(object: object, query: query))
        refuseRows(object, obstacles, trouble, cure: cure)
    }

    mutating func refuseRows(
        _ object: CatalogObject, _ obstacles: [SchemaQuestion.Obstacle], _ trouble: String, cure: String
    ) {
        refuse(object, "\(Self.rows(obstacles)): \(trouble)", obstacles, cure: cure) { obstacle in
            "\(obstacle.value.map { "'\($0)'" } ?? "NULL") (\(obstacle.count))"
        }
    }

    /// How many they are.
    static func rows(_ obstacles: [SchemaQuestion.Obstacle]) -> String {
        "\(obstacles.reduce(0) { $0 + $1.count }) row(s)"
    }

    /// Of things that the catalog has, not of rows: the query lists one in each row.
    mutating func askForThings(_ question: SchemaQuestion, _ trouble: String, cure: String) {
        refuse(question.object, trouble, obstacles(question), cure: cure) { $0.value ?? "NULL" }
    }

    mutating func obstacles(_ question: SchemaQuestion) -> [SchemaQuestion.Obstacle] {
        count(question)
        return answers[question] ?? []
    }

    private mutating func refuse(
        _ object: CatalogObject, _ trouble: String, _ obstacles: [SchemaQuestion.Obstacle], cure: String,
        _ words: (SchemaQuestion.Obstacle) -> String
    ) {
        guard !obstacles.isEmpty else { return }
        refuse(object, "\(trouble): \(Self.list(obstacles, words))", cure: cure)
    }

    static func list(_ obstacles: [SchemaQuestion.Obstacle], _ words: (SchemaQuestion.Obstacle) -> String) -> String {
        obstacles.map { $0.others > 0 ? "and \($0.others) more" : words($0) }.joined(separator: ", ")
    }

    /// A question of which the plan only has to know whether there are such rows.
    mutating func count(_ question: SchemaQuestion) {
        if posed.insert(question).inserted { questions.append(question) }
    }

    /// False as long as it has not been asked.
    func isAnsweredByRows(_ question: SchemaQuestion) -> Bool { !(answers[question] ?? []).isEmpty }

    mutating func refuse(_ object: CatalogObject, _ reason: String, cure: String) {
        let refusal = SchemaRefusal(object: object, reason: reason, cure: cure)
        if !refusals.contains(refusal) { refusals.append(refusal) }
    }

    // MARK: - Names

    /// The name of something of the schema, as SQL writes it.
    func qualified(_ name: String) throws(SQLTextError) -> String {
        try QualifiedName(schema: schema, name: name).quoted
    }

    /// Names as SQL writes them, in a list.
    func list(_ names: [String]) throws(SQLTextError) -> String {
        try names.map { (name) throws(SQLTextError) in try SQLIdentifier(name).quoted }.joined(separator: ", ")
    }

    /// Texts as SQL writes them, in a list.
    func literals(_ texts: [String]) throws(SQLTextError) -> String {
        try texts.map { (text) throws(SQLTextError) in try SQLLiteral(text).quoted }.joined(separator: ", ")
    }

    /// Where the values of a column come from; a counter is no such column.
    func rule(_ table: String, _ column: String) -> RepairRule? {
        rules.first { $0.table == table && $0.column == column && $0.counted == nil }
    }

    func isPartitioned(_ table: String) -> Bool { live[CatalogObject(.table, table), .partitionKey] != nil }

    /// The table itself, or where it is partitioned its partitions: where the rows are.
    func storages(of table: String) -> [RelationName] {
        let names = isPartitioned(table) ? live.parts(.partition, of: table).map(\.name) : [table]
        return names.map { RelationName(schema: schema, name: $0) }
    }

    func difference(_ object: CatalogObject, _ property: CatalogProperty) -> SchemaGap.Difference? {
        differences[object]?.first { $0.property == property }
    }

    /// Names of what stands only while the schema is on its way; whatever begins so is pgtend's.
    static let prefix = "pgtend_"
}

/// Short work on one table.
private struct BriefWork {
    let phase: SchemaPlanner.Phase
    let relation: RelationName
    private var mode = LockMode.shareUpdateExclusive
    private var purposes: [String] = []
    private var statements: [String] = []
    private var indexes: [RelationName] = []

    init(_ phase: SchemaPlanner.Phase, _ relation: RelationName) {
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
