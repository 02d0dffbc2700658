import CivilTime
import Maintenance

/// The keys of the section `schedule`, which every kind of task has.
private enum ScheduleKeys {
    static func section(variable: String) -> Section<ScheduleFields> {
        Section([
            .value(
                "every", \.every,
                ValueFormat.duration(.seconds(1) ... .seconds(7 * 86_400), because: "for more there is cron").optional,
                variable: variable,
                "Due at the whole multiples of it since 1970-01-01 00:00 UTC: 15min is :00, :15, :30 and :45."),
            .value(
                "cron", \.cron, ValueFormat.cron.optional,
                "Due when the clocks of the zone show it. Instead of every, not beside it."),
            .value(
                "zone", \.zone, ValueFormat.zone.optional,
                "Whose clocks cron goes by; the machine's tzdata has the rules. Without it: UTC."),
            .value(
                "jitter", \.jitter,
                .duration(.zero ... .seconds(3600), because: "what is due later is another slot"),
                validate: \.contradictions,
                """
                By up to that much each start is put off, by chance, so that many databases do not start as one. Less \
                than every and start_within.
                """),
            .value(
                "start_within", \.startWithin,
                ValueFormat.duration(.seconds(60) ... .seconds(7 * 86_400), because: "then it is too late").optional,
                "How late a slot may start; after that it is missed. Without it: until the next one is due."),
        ])
    }

    /// The schedule that the keys describe. Returns nil if neither `every` nor `cron` is set, or after recording a
    /// problem if the keys contradict each other.
    static func schedule(
        _ fields: ScheduleFields, at path: String, _ context: inout DecodingContext
    ) -> Schedule? {
        let (every, cron, zone) = ("\(path).every", "\(path).cron", "\(path).zone")
        if let first = context.sources[every], context.sources[cron] != nil {
            context.retract(cron, "expected every or cron, found both (every at \(first.shortDescription))")
            return nil
        }
        guard let expression = fields.cron else {
            context.retract(zone, "expected cron beside it, found no cron: every counts in UTC")
            return fields.every.map { .every($0) }
        }
        guard let name = fields.zone else { return .cron(expression, .utc) }
        do throws(ZoneError) {
            return .cron(expression, try context.zones.rules(named: name))
        } catch {
            context.retract(zone, context.zones.errorMessage(for: error))
            return nil
        }
    }
}

extension Key {
    /// The section `schedule` of a kind of task. The environment variable `variable` overrides its interval.
    static func schedule(_ field: Field<TaskSchedule>, variable: String, _ meaning: String) -> Key {
        let name = "schedule"
        let section = ScheduleKeys.section(variable: variable)
        return Key(
            name: name, meaning: meaning, isRequired: false, expected: "a mapping",
            decode: { node, path, target, context in
                guard !node.isNull else { return }
                let problems = context.problems.count
                var fields = ScheduleFields(target[keyPath: field])
                section.decode(node, at: path, into: &fields, &context)
                // If one key is invalid, the combination is not checked, which would lead to misleading messages.
                guard context.problems.count == problems else { return }
                target[keyPath: field].jitter = fields.jitter
                target[keyPath: field].startWithin = fields.startWithin
                if let schedule = ScheduleKeys.schedule(fields, at: path, &context) {
                    target[keyPath: field].schedule = schedule
                }
            },
            render: { .mapping(section.render(ScheduleFields($0[keyPath: field]))) },
            overrides: section.overrides.map { inner in
                Override(source: inner.source, path: "\(name).\(inner.path)", given: inner.given) { texts, target in
                    var schedule = ScheduleFields(target[keyPath: field])
                    if let message = inner.set(texts, &schedule) { return message }
                    if let interval = schedule.every { target[keyPath: field].schedule = .every(interval) }
                    return nil
                }
            },
            innerKeys: section.keys.map(\.name),
            validate: { target, path, validation in
                section.validate(ScheduleFields(target[keyPath: field]), at: path, &validation)
            },
            documentation: { defaults, path in
                [.heading(path, "a mapping", false, meaning)]
                    + section.documentation(ScheduleFields(defaults[keyPath: field]), at: path)
            })
    }
}

/// The values of the keys of a schedule as in the file: an interval or a cron expression, and the name of a zone.
private struct ScheduleFields: Sendable {
    private var interval: Duration?
    private var expression: CronExpression?
    var zone: String?
    var jitter: Duration
    var startWithin: Duration?

    init(_ schedule: TaskSchedule) {
        jitter = schedule.jitter
        startWithin = schedule.startWithin
        switch schedule.schedule {
        case .every(let interval): self.interval = interval
        case .cron(let expression, let zone):
            self.expression = expression
            self.zone = zone.name
        }
    }

    /// Setting it removes `cron` and `zone`.
    var every: Duration? {
        get { interval }
        set { (interval, expression, zone) = (newValue, nil, nil) }
    }

    /// Setting it removes `every`.
    var cron: CronExpression? {
        get { expression }
        set { (interval, expression) = (nil, newValue) }
    }

    /// `jitter` has to be shorter than `every` and `start_within`: otherwise a start could be delayed beyond the next
    /// slot, or until it is too late.
    var contradictions: [Contradiction] {
        let limits = [("every", every), ("start_within", startWithin)]
        for case (let key, let limit?) in limits where limit <= jitter {
            let message = "expected less than \(key) (\(limit.inLongestUnit)), found '\(jitter.inLongestUnit)'"
            return [Contradiction(key: "jitter", message: message)]
        }
        return []
    }
}
