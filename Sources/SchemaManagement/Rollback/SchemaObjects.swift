import SchemaDesign

/// What the migrations make, by what servers told of the schema: an object that somebody else has made under such a
/// name is dropped, too.
struct SchemaObjects {
    let objects: [CatalogObject]
    /// On the schema.
    let comment: String?

    func names(_ kind: CatalogObject.Kind) -> [String] { objects.filter { $0.kind == kind }.map(\.name) }

    static let platform: SchemaObjects = {
        let recorded = RecordedFacts.platform
        let facts = recorded.facts(major: recorded.majors[0], extensionSchemas: [:])
        return SchemaObjects(
            objects: [.table, .view, .materializedView, .function, .type].flatMap { facts.objects($0) },
            comment: facts[CatalogObject(.schema, recorded.schema), .comment])
    }()
}
