import SQLText

/// All that a plan is made from: a live schema and what it should be, what the rules of `sql/mcp/rules` and the caller say
/// about values, and what was counted in the rows. It does not change while a plan is made, so that every part of the
/// planner draws the same conclusions from it.
struct SchemaComparison: Sendable {
    let schema: String
    let expected: CatalogFacts
    let live: CatalogFacts
    let gap: SchemaGap
    /// The major version of the server.
    let major: Int
    let rules: [RepairRule]
    let choices: RepairChoices
    /// The answers to the questions that have been asked so far.
    let answers: [SchemaQuestion: [SchemaQuestion.Obstacle]]
    /// For how long a step may make others wait.
    let deadline: Duration

    private let differences: [CatalogObject: [SchemaGap.Difference]]
    private let alterations: [CatalogObject: [SchemaQuestion.Obstacle]]
    private let misfits: [CatalogObject: [SchemaQuestion.Obstacle]]
    private let missingCasts: [CatalogObject: [SchemaQuestion.Obstacle]]

    /// What the plan's first steps make of what was found, from which it is planned on.
    let foresight: Foresight

    init(
        _ found: SchemaVerification, schema: String, rules: [RepairRule], choices: RepairChoices,
        answers: [SchemaQuestion: [SchemaQuestion.Obstacle]], deadline: Duration
    ) {
        self.init(
            Foresight(found, deadline: deadline, choices), schema: schema, rules: rules, choices: choices,
            answers: answers,
            deadline: deadline)
    }

    private init(
        _ foresight: Foresight, schema: String, rules: [RepairRule], choices: RepairChoices,
        answers: [SchemaQuestion: [SchemaQuestion.Obstacle]], deadline: Duration
    ) {
        self.schema = schema
        self.foresight = foresight
        let verification = foresight.verification
        expected = verification.expected
        live = verification.live
        gap = verification.gap
        major = verification.major
        self.rules = rules
        self.choices = choices
        self.answers = answers
        self.deadline = deadline
        differences = Dictionary(grouping: gap.different, by: \.object)
        func answered(_ topic: SchemaQuestion.Topic) -> [CatalogObject: [SchemaQuestion.Obstacle]] {
            answers.reduce(into: [:]) { if $1.key.topic == topic { $0[$1.key.object] = $1.value } }
        }
        alterations = answered(.alterations)
        misfits = answered(.misfits)
        missingCasts = answered(.missingCasts)
    }

    /// The same before the first steps: what their own planners start from.
    var beforehand: SchemaComparison {
        SchemaComparison(
            Foresight(asFound: foresight.found), schema: schema, rules: rules, choices: choices, answers: answers,
            deadline: deadline)
    }

    func difference(_ object: CatalogObject, _ property: CatalogProperty) -> SchemaGap.Difference? {
        differences[object]?.first { $0.property == property }
    }

    /// Whether it has another definition, or one that only reads the same, since it uses something else.
    func isAnother(_ object: CatalogObject) -> Bool {
        difference(object, .definition) != nil || difference(object, .uses) != nil
    }

    /// Whether one that exists is defined by what the schema expects of `object`, and uses what that does.
    ///
    /// - Parameter ending: what its definition may have besides.
    func isDefined(_ other: CatalogObject, as object: CatalogObject, ending: String = "") -> Bool {
        guard let definition = expected[object, .definition] else { return false }
        return live[other, .definition].isSame(as: definition + ending)
            && live[other, .uses].isSame(as: expected[object, .uses])
    }

    /// Beside f(text) the server takes f(text, integer DEFAULT 1) for as good: what uses that one cannot be made anew, as
    /// any call of f(text) is an error. It cannot be dropped while something uses it.
    var rivals: [CatalogObject] {
        let uses = gap.different.filter { $0.property == .uses }.flatMap { NameList.parts(of: $0.found ?? "") }
        guard !uses.isEmpty else { return [] }
        return live.objects(.function).filter { rival in
            guard !expected.contains(rival), live[rival, .signature]?.contains(" DEFAULT ") ?? false else {
                return false
            }
            let start = rival.name.prefix { $0 != "(" } + "("
            return expected.objects(.function).contains { $0.name.hasPrefix(start) }
                && uses.contains { $0.hasPrefix("function \(schema).\(start)") }
        }
    }

    var mappings: [ValueMapping] { choices.mappings }

    var capabilities: ServerCapabilities { ServerCapabilities(major: major) }

    // MARK: - Rows

    /// Whether the question found any row; false as long as it has not been asked.
    func isAnsweredByRows(_ question: SchemaQuestion) -> Bool { !(answers[question] ?? []).isEmpty }

    /// The values that a change of the column's type would alter, with their counts. Only asked for tables that are
    /// small enough for a change in place.
    func alteredValues(of column: CatalogObject) -> [SchemaQuestion.Obstacle] { alterations[column] ?? [] }

    /// Whether the column has values that are none of its new type, or nothing says what they are as such.
    func hasMisfits(_ column: CatalogObject) -> Bool { !(misfits[column] ?? []).isEmpty || isUncastable(column) }

    /// Whether the server has no cast to the new type, so that only a person knows what a value means.
    func isUncastable(_ column: CatalogObject) -> Bool { !(missingCasts[column] ?? []).isEmpty }

    /// Whether the caller says what values of this very column are called by now.
    func isMappedByName(_ column: CatalogObject) -> Bool {
        mappings.contains { $0.isFor(column.relation, column.name) }
    }

    // MARK: - Tables

    func isPartitioned(_ table: String) -> Bool { live[CatalogObject(.table, table), .partitionKey] != nil }

    /// Where the rows are: the table itself, or its partitions.
    func storages(of table: String) -> [RelationName] {
        let names = isPartitioned(table) ? live.parts(.partition, of: table).map(\.name) : [table]
        return names.map { RelationName(schema: schema, name: $0) }
    }

    /// Whether it exists and is partitioned as it should be, so that its columns can be brought to what they should be.
    func isCompletable(_ table: CatalogObject) -> Bool {
        live.contains(table) && difference(table, .partitionKey) == nil
    }

    func isForeignKey(_ constraint: CatalogObject) -> Bool {
        expected[constraint, .definition].map { ConstraintDefinition($0).isForeignKey } ?? false
    }

    /// The same index or constraint under a name that the schema does not have.
    func twin(of object: CatalogObject) -> CatalogObject? {
        live.parts(object.kind, of: object.relation).first { other in
            isDefined(other, as: object) && live[other, .state] == nil && !expected.contains(other)
                && !other.name.hasPrefix(ReservedName.oldPrefix)
        }
    }

    /// The partitions that have no index attached to this one yet.
    func partitions(without index: CatalogObject) -> [String] {
        let attached = Set(NameList.names(of: live[index, .partitions] ?? ""))
        return live.parts(.partition, of: index.relation).map(\.name).filter { !attached.contains($0) }
    }

    // MARK: - Columns

    /// Whether the live column has a validated NOT NULL.
    func isNotNull(_ column: CatalogObject) -> Bool { live[column, .null] == "NOT NULL" }

    func isInPartitionKey(_ column: CatalogObject) -> Bool {
        live[CatalogObject(.table, column.relation), .partitionKey]
            .map { DeparsedExpression($0).names.contains(column.name) } ?? false
    }
}
