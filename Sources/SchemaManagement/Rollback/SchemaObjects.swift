import SchemaDesign

/// The objects that the migrations create, by the recorded facts. An object that somebody else has created under such a
/// name is dropped, too.
struct SchemaObjects {
    let objects: [CatalogObject]
    /// The comment on the schema.
    let comment: String?

    init(_ recorded: RecordedFacts) {
        let facts = recorded.facts(major: recorded.majors[0], extensionSchemas: [:])
        objects = [.table, .view, .materializedView, .function, .type].flatMap { facts.objects($0) }
        comment = facts[CatalogObject(.schema, recorded.schema), .comment]
    }
}
