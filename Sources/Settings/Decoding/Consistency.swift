import CivilTime
import Maintenance

/// What no single value can be wrong about: names that occur twice, and values that contradict each other.
/// Asked after the environment had its say, and only about values that are there and right.
struct Consistency {
    let sources: [String: ConfigurationSource]
    private(set) var problems: [Problem] = []

    init(sources: [String: ConfigurationSource]) {
        self.sources = sources
    }

    mutating func check(_ databases: [DatabaseDefinition]) {
        unique(databases.enumerated().map { ("databases[\($0)].name", "database name", $1.name) })
        for (index, database) in databases.enumerated() {
            check(database, at: "databases[\(index)]")
        }
    }

    mutating func check(_ database: DatabaseDefinition, at path: String) {
        checkLocks(database.locks, at: path)
        for task in TaskKind.allCases {
            checkJitter(of: database.schedule(of: task), at: "\(path).\(task.rawValue).schedule")
        }
        unique(
            database.partitionSets.enumerated().map {
                ("\(path).partitions.sets[\($0)].table", "table", SQLNameText.text(of: $1.table))
            })
        unique(
            database.viewDefinitions.enumerated().map {
                ("\(path).views.list[\($0)].view", "view", SQLNameText.text(of: $1.view))
            })
        unique(
            (database.corpora ?? []).enumerated().map {
                ("\(path).statistics.corpora[\($0)].target.table", "target table", SQLNameText.text(of: $1.target))
            })
        for (index, set) in database.partitionSets.enumerated() {
            checkNaming(of: set, at: "\(path).partitions.sets[\(index)].naming")
        }
    }

    private mutating func checkLocks(_ locks: LockBudget, at path: String) {
        guard locks.perTableAndHour < locks.perStep else { return }
        let (budget, step) = ("\(path).lock_budget_per_hour", "\(path).lock_timeout")
        // The one that was given is to be corrected; of both, the budget.
        guard let place = [budget, step].first(where: { sources[$0] != nil }), let source = sources[place] else {
            return
        }
        let (stepText, budgetText) = (
            locks.perStep.inLongestUnit, locks.perTableAndHour.inLongestUnit
        )
        let message =
            place == budget
            ? "expected at least lock_timeout (\(stepText)), found '\(budgetText)'"
            : "expected at most lock_budget_per_hour (\(budgetText)), found '\(stepText)'"
        report(place, source, message)
    }

    /// A start that is put off beyond the next slot, or beyond its own limit, never comes.
    private mutating func checkJitter(of schedule: TaskSchedule, at path: String) {
        var limits: [(name: String, value: Duration)] = []
        if case .every(let interval) = schedule.schedule { limits.append(("every", interval)) }
        if let limit = schedule.startWithin { limits.append(("start_within", limit)) }
        guard let limit = limits.first(where: { $0.value <= schedule.jitter }),
            let source = sources["\(path).jitter"]
        else { return }
        let message = "expected less than \(limit.name) (\(limit.value.inLongestUnit)), found "
        report("\(path).jitter", source, message + "'\(schedule.jitter.inLongestUnit)'")
    }

    private mutating func checkNaming(of set: PartitionSetDefinition, at path: String) {
        guard let naming = set.naming, let interval = set.interval, !naming.distinguishes(interval),
            let source = sources[path]
        else { return }
        let example =
            switch interval {
            case .day: "{YYYY}_{MM}_{DD}"
            case .week: "{IYYY}_{IW}"
            case .month: "{YYYY}_{MM}"
            case .quarter: "{YYYY}_{Q}"
            case .year: "{YYYY}"
            }
        let message = "expected a pattern that tells every \(interval.rawValue) apart, such as \(example), found "
        report(path, source, message + Quotation.of(naming.description))
    }

    /// The first of equal values is taken for right.
    private mutating func unique(_ values: [(path: String, noun: String, value: String)]) {
        var first: [String: ConfigurationSource] = [:]
        for (path, noun, value) in values {
            guard let source = sources[path] else { continue }
            if let earlier = first[value] {
                report(path, source, "duplicate \(noun) \(Quotation.of(value)) (first at \(earlier.asFirstPlace))")
            } else {
                first[value] = source
            }
        }
    }

    private mutating func report(_ path: String, _ source: ConfigurationSource, _ message: String) {
        // An environment variable is its own path.
        let isInFile = if case .file = source { true } else { false }
        problems.append(Problem(source: source, path: isInFile ? path : "", message: message))
    }
}
