import SQLText

/// What will stand when the first steps of a plan are done, from which the others are planned: so that a plan says all that
/// will be done, and the rows are asked all that matters, before anything has changed.
struct Foresight: Sendable {
    /// The live facts as they will be by then.
    private(set) var verification: SchemaVerification
    /// The types that get another name, since none of the expected ones can be made of them.
    private(set) var typesAside: [CatalogObject] = []

    init(_ found: SchemaVerification) {
        verification = found
        var live = found.live
        for difference in found.gap.different where TypePlanner.isReplaced(difference) {
            Self.setAside(difference.object, in: &live, of: found.schema)
            typesAside.append(difference.object)
        }
        guard live != found.live else { return }
        verification = SchemaVerification(
            schema: found.schema, major: found.major, expected: found.expected, live: live, isRecorded: found.isRecorded
        )
    }

    /// Its columns have it under the other name.
    private static func setAside(_ type: CatalogObject, in live: inout CatalogFacts, of schema: String) {
        let aside = TypePlanner.nameAside(of: type)
        for (property, value) in live[type] ?? [:] { live.add(CatalogObject(.type, aside), property, value) }
        live.remove(type)
        let (old, new) = ("\(schema).\(type.name)", "\(schema).\(aside)")
        for column in live.objects(.column) {
            guard let found = live[column, .type], found == old || found == "\(old)[]" else { continue }
            live.add(column, .type, found.replacing(old, with: new))
            guard let value = live[column, .default] else { continue }
            live.add(column, .default, value.replacing("::\(old)", with: "::\(new)"))
        }
    }
}
