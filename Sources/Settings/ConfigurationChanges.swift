import CivilTime
import Maintenance

extension Configuration {
    /// What a reload changes: one line for each value that differs in `next`, for each database, partition set, view or
    /// corpus that is added or removed, and for each time zone whose rules differ. Empty if nothing changes. Secrets
    /// are masked; a changed one is reported as such.
    ///
    ///     connections: 8 -> 16
    ///     database shop: schemas: [a] -> [a, b]
    ///     database shop: partitions.sets[sales.orders]: added
    ///
    /// The order is that of `next`; what is removed comes last.
    package func changes(to next: Configuration) -> [String] {
        let isGlobal = { (field: YAMLValue.Field) in field.key != "databases" }
        var difference = Difference()
        difference.compare(
            ConfigurationKeys.file.render(self).filter(isGlobal),
            ConfigurationKeys.file.render(next).filter(isGlobal), at: "")
        var lines = difference.lines
        for database in next.databases {
            let changes = databases.first { $0.name == database.name }.map { $0.changes(to: database) } ?? ["added"]
            lines += changes.map { "database \(database.name): \($0)" }
        }
        let names = Set(next.databases.map(\.name))
        return lines + databases.filter { !names.contains($0.name) }.map { "database \($0.name): removed" }
    }
}

extension DatabaseDefinition {
    fileprivate func changes(to next: DatabaseDefinition) -> [String] {
        var difference = Difference()
        difference.compare(
            ConfigurationKeys.database.render(self), ConfigurationKeys.database.render(next), at: "")
        var lines = difference.lines
        for task in TaskKind.allCases {
            guard case .cron(_, let old) = schedule(of: task).schedule,
                case .cron(_, let new) = next.schedule(of: task).schedule, old.name == new.name, old != new
            else { continue }
            lines.append("\(task.traits.section).schedule.zone: \(new.name) has other rules")
        }
        return lines
    }
}

/// Compares two trees of rendered values.
private struct Difference {
    private(set) var lines: [String] = []

    mutating func compare(_ old: [YAMLValue.Field], _ new: [YAMLValue.Field], at path: String) {
        let gone = old.filter { field in !new.contains { $0.key == field.key } }
        for key in (new + gone).map(\.key) {
            compare(
                old.first { $0.key == key }?.value, new.first { $0.key == key }?.value,
                at: path.isEmpty ? key : "\(path).\(key)")
        }
    }

    /// nil stands for a key that is absent.
    private mutating func compare(_ old: YAMLValue?, _ new: YAMLValue?, at path: String) {
        guard old != new else { return }
        switch (old, new) {
        case (.mapping(let old), .mapping(let new)): compare(old, new, at: path)
        case (.mapping(let old), nil): compare(old, [], at: path)
        case (nil, .mapping(let new)): compare([], new, at: path)
        case (.secret(let old), .secret(let new)) where old.shown == new.shown:
            lines.append("\(path): another secret")
        default:
            let (oldElements, newElements) = (old?.elements ?? [], new?.elements ?? [])
            if oldElements.isEmpty, newElements.isEmpty {
                lines.append("\(path): \(old?.inOneLine ?? "none") -> \(new?.inOneLine ?? "none")")
            } else {
                compare(oldElements, newElements, at: path)
            }
        }
    }

    private mutating func compare(_ old: [YAMLValue.Element], _ new: [YAMLValue.Element], at path: String) {
        for element in new {
            let place = "\(path)[\(element.name)]"
            if let before = old.first(where: { $0.name == element.name }) {
                compare(before.fields, element.fields, at: place)
            } else {
                lines.append("\(place): added")
            }
        }
        for element in old where !new.contains(where: { $0.name == element.name }) {
            lines.append("\(path)[\(element.name)]: removed")
        }
    }
}

extension YAMLValue {
    /// The elements of a list of mappings; empty for anything else.
    fileprivate var elements: [Element] {
        if case .mappings(let elements) = self { elements } else { [] }
    }
}
